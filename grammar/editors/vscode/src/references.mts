// The command by which a code lens shows the uses of a name.

import * as vscode from "vscode";
import type { Location, Position } from "vscode-languageserver-types";

export const showReferences = "dinc.showReferences";

export function registerReferences(): vscode.Disposable {
  return vscode.commands.registerCommand(showReferences, (uri: string, at: Position, locations: Location[]) =>
    vscode.commands.executeCommand(
      "editor.action.showReferences",
      vscode.Uri.parse(uri),
      positionOf(at),
      locations.map(
        (location) =>
          new vscode.Location(
            vscode.Uri.parse(location.uri),
            new vscode.Range(positionOf(location.range.start), positionOf(location.range.end)),
          ),
      ),
    ),
  );
}

function positionOf({ line, character }: Position): vscode.Position {
  return new vscode.Position(line, character);
}
