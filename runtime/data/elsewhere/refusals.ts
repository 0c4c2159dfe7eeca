// Explains why a server or an object store does not give a file, by the code in its answer. No message contains a
// part of a key or of the answer's text, which may repeat one.

import { fileUnreadable } from "../../../compiler/diagnostics/catalog/run.ts";
import { storeRefuses } from "../../../compiler/diagnostics/catalog/sources.ts";
import {
  DiagnosticError,
  diagnose,
  type Help,
  inData,
  noLocation,
} from "../../../compiler/diagnostics/diagnostic.ts";
import { type StoredName, storedName } from "../../../compiler/frontend/config/elsewhere.ts";
import { hasKeys, regionOf } from "./stores.ts";

/** A file whose server fails for `reason`. */
export function unreadableServed(name: string, reason: string): DiagnosticError {
  return new DiagnosticError([diagnose(fileUnreadable, { path: name, reason }, noLocation)]);
}

/** The reason in an error of a connection. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return "code" in cause && typeof cause.code === "string" ? cause.code : cause.message;
}

/** The diagnostic for a server's answer in place of a file. */
export async function refusal(address: string, name: string, answer: Response): Promise<DiagnosticError> {
  const stored = storedName(address);
  const said = `${answer.status} ${answer.statusText}`.trim();
  if (stored === null) return unreadableServed(name, `its server says ${said}`);
  const text = await answer.text().catch(() => "");
  const code = /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? null;
  const region = answer.headers.get("x-amz-bucket-region") ?? /<Region>([\w-]+)<\/Region>/.exec(text)?.[1];
  const { reason, help } =
    region !== undefined && region !== regionOf(stored) && WRONG_REGION.has(code ?? String(answer.status))
      ? {
          reason: `its bucket is in the region ${region}, not in ${regionOf(stored)}`,
          help: storeRefuses.helps.region(region),
        }
      : reasonFor(stored, code, answer.status, said);
  const details = help === null ? {} : { help };
  return new DiagnosticError([
    diagnose(storeRefuses, { path: name, reason }, inData({ path: name }), details),
  ]);
}

const WRONG_REGION: ReadonlySet<string> = new Set([
  "PermanentRedirect",
  "TemporaryRedirect",
  "AuthorizationHeaderMalformed",
  "IllegalLocationConstraintException",
  // Without a text, as for HEAD.
  ...["301", "307", "400"],
]);

interface Refusal {
  readonly reason: string;
  readonly help: Help | null;
}

function reasonFor(stored: StoredName, code: string | null, status: number, said: string): Refusal {
  const { store, bucket } = stored;
  const { keys, rights, clock, names } = storeRefuses.helps;
  switch (code ?? String(status)) {
    case "ExpiredToken":
    case "TokenRefreshRequired":
      return { reason: "the keys in the environment have expired", help: keys(store) };
    case "InvalidAccessKeyId":
    case "InvalidToken":
    case "SignatureDoesNotMatch":
    case "InvalidSecurity":
      return { reason: "the store does not accept the keys in the environment", help: keys(store) };
    case "AuthenticationRequired":
    case "401":
      return { reason: `the store accepts no ${tokenOr(stored)}`, help: keys(store) };
    case "RequestTimeTooSkewed":
      return { reason: "the clock of this machine differs from the store's", help: clock() };
    case "NoSuchBucket":
      return { reason: `there is no bucket \`${bucket}\``, help: names() };
    case "NoSuchKey":
    case "404":
      return { reason: "there is no such object", help: names() };
    case "AccessDenied":
    case "403":
      return hasKeys(stored)
        ? { reason: "the keys in the environment do not allow it", help: rights(store) }
        : { reason: "its bucket is not public, and the environment has no keys", help: keys(store) };
    default:
      return { reason: `its store says ${code === null ? said : `${status} ${code}`}`, help: null };
  }
}

function tokenOr(stored: StoredName): string {
  return hasKeys(stored) ? "keys that are invalid or have expired" : "request without keys";
}
