// The script of a page that ranks: opens the model that is in the page, and shows the request for the reader to change.

import type { RankingPageData } from "../page-data.ts";
import { openModel } from "./model.ts";
import { RankingView } from "./ranking.ts";

const place = document.querySelector<HTMLElement>("#ranking")!;
try {
  const data: RankingPageData = JSON.parse(document.querySelector("#data")?.textContent ?? "");
  new RankingView(place, data, await openModel(data));
} catch (error) {
  place.textContent = `The model cannot be opened here: ${error instanceof Error ? error.message : String(error)}`;
}
