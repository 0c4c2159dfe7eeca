// Requests to servers, and to the object stores S3 and Google Cloud Storage. Those to a store are signed with keys of
// the environment, which are read for each request and kept nowhere.

import { AwsV4Signer } from "aws4fetch";
import { hasScheme, type StoredName, storedName } from "../../../compiler/frontend/config/elsewhere.ts";

/** A compressed file stays compressed, as its ending says. */
const UNPACKED = { "accept-encoding": "identity" };

type RequestHeaders = Readonly<Record<string, string>>;

interface StoreAccess {
  /** The address of the bucket, without a slash at its end. */
  readonly bucket: string;
  readonly region: string;
  readonly rights: Rights;
}

type Rights =
  | { readonly kind: "none" }
  | { readonly kind: "token"; readonly token: string }
  | {
      readonly kind: "keys";
      readonly accessKeyId: string;
      readonly secretAccessKey: string;
      readonly sessionToken: string | null;
    };

/** Requests the content of an address. Rejects if there is no answer. */
export async function requestContent(
  address: string,
  headers: RequestHeaders = {},
  method: "GET" | "HEAD" = "GET",
): Promise<Response> {
  const all = { ...UNPACKED, ...headers };
  const stored = storedName(address);
  if (stored === null) return fetch(address, { method, headers: all });
  const access = accessTo(stored);
  return requestStore(new URL(`${access.bucket}/${inUrl(stored.key)}`), access, all, method);
}

/** Requests a page of the names in a bucket. Rejects if there is no answer. */
export async function requestNames(stored: StoredName, query: RequestHeaders): Promise<Response> {
  const access = accessTo(stored);
  const url = new URL(`${access.bucket}?${new URLSearchParams(query)}`);
  return requestStore(url, access, {}, "GET");
}

/** Whether the environment has keys for a store. */
export function hasKeys(stored: StoredName): boolean {
  return accessTo(stored).rights.kind !== "none";
}

/** The region that requests to a bucket name. */
export function regionOf(stored: StoredName): string {
  return accessTo(stored).region;
}

async function requestStore(
  url: URL,
  { region, rights }: StoreAccess,
  headers: RequestHeaders,
  method: "GET" | "HEAD",
): Promise<Response> {
  const signed = await authorization(url, region, rights, method);
  // A store redirects to another region, for which the signature is not valid.
  return fetch(url, { method, headers: { ...headers, ...signed }, redirect: "manual" });
}

async function authorization(
  url: URL,
  region: string,
  rights: Rights,
  method: string,
): Promise<RequestHeaders> {
  switch (rights.kind) {
    case "none":
      return {};
    case "token":
      return { authorization: `Bearer ${rights.token}` };
    case "keys": {
      const { accessKeyId, secretAccessKey, sessionToken } = rights;
      const signer = new AwsV4Signer({
        ...{ method, url: url.href, region, service: "s3", accessKeyId, secretAccessKey },
        ...(sessionToken === null ? {} : { sessionToken }),
      });
      return Object.fromEntries((await signer.sign()).headers);
    }
  }
}

function accessTo({ store, bucket }: StoredName): StoreAccess {
  return store === "s3" ? s3Access(bucket) : googleAccess(bucket);
}

function s3Access(bucket: string): StoreAccess {
  const region = named("AWS_REGION") ?? named("AWS_DEFAULT_REGION") ?? "us-east-1";
  const endpoint = named("AWS_ENDPOINT_URL_S3") ?? named("AWS_ENDPOINT_URL");
  const host = `s3.${region}.amazonaws.com`;
  // A certificate for *.s3.… does not cover further dots.
  const own = bucket.includes(".") ? `https://${host}/${bucket}` : `https://${bucket}.${host}`;
  return {
    bucket: endpoint === null ? own : `${withScheme(endpoint, "https")}/${bucket}`,
    region,
    rights: keysIn("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
  };
}

function googleAccess(bucket: string): StoreAccess {
  const emulator = named("STORAGE_EMULATOR_HOST");
  const host = emulator === null ? "https://storage.googleapis.com" : withScheme(emulator, "http");
  const token = named("GOOGLE_OAUTH_ACCESS_TOKEN");
  return {
    bucket: `${host}/${bucket}`,
    region: "auto",
    rights:
      token === null ? keysIn("GS_ACCESS_KEY_ID", "GS_SECRET_ACCESS_KEY", null) : { kind: "token", token },
  };
}

function keysIn(id: string, secret: string, session: string | null): Rights {
  const [accessKeyId, secretAccessKey] = [named(id), named(secret)];
  if (accessKeyId === null || secretAccessKey === null) return { kind: "none" };
  return {
    kind: "keys",
    ...{ accessKeyId, secretAccessKey },
    sessionToken: session === null ? null : named(session),
  };
}

/** Null for a variable that is not set, or is empty. */
function named(variable: string): string | null {
  return process.env[variable]?.trim() || null;
}

function withScheme(host: string, scheme: string): string {
  return (hasScheme(host) ? host : `${scheme}://${host}`).replace(/(?<!\/)\/+$/, "");
}

/** A key in the path of a URL, every special character as the signature has it. */
function inUrl(key: string): string {
  const escaped = (sign: string) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;
  return key
    .split("/")
    .map((part) => encodeURIComponent(part).replace(/[!'()*]/g, escaped))
    .join("/");
}
