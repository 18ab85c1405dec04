/** What an S3 endpoint or the way to it said, in words for a person. Never shows credentials. */
import { ArtifactError } from "./artifact-error.ts";

interface SdkError {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly cause?: unknown;
}

const network: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "its host is not known",
  EAI_AGAIN: "its host's name cannot be looked up now",
  ECONNRESET: "the connection was cut",
  EPIPE: "the connection was cut",
  ETIMEDOUT: "it does not answer",
  EHOSTUNREACH: "there is no way to it",
  ENETUNREACH: "there is no way to it",
};

/**
 * @param place for the message
 * @returns the same error when it is one of ours
 */
export function describeS3Error(place: string, cause: unknown): unknown {
  if (cause instanceof ArtifactError) return cause;
  const { name = "", code = "", message = "", $metadata } = cause as SdkError;
  const status = $metadata?.httpStatusCode;
  const fail = (ours: string, text: string) =>
    new ArtifactError(ours, `${place}: ${text}.`, { cause });
  if (/Credentials/.test(name) || /credential/i.test(message)) {
    return fail(
      "no-credentials",
      "no AWS credentials were found. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    );
  }
  if (name === "NoSuchBucket") return fail("bad-store", "there is no such bucket");
  if (status === 401 || status === 403) {
    return fail(
      "refused",
      `it refused (${status} ${shortName(name)}): these credentials may not do that`,
    );
  }
  const way = network[code] ?? network[(cause as { cause?: SdkError }).cause?.code ?? ""];
  if (way !== undefined) return fail("unreachable", `${way} (${code || name})`);
  if (/timeout|timed out/i.test(`${name} ${message}`))
    return fail("unreachable", "it does not answer");
  if (status !== undefined && status >= 300) {
    return fail("store-failed", `it failed (${status} ${shortName(name)})`);
  }
  return cause instanceof Error ? fail("store-failed", firstLine(message || name)) : cause;
}

export function isNotFound(error: unknown): boolean {
  const { name, $metadata } = error as SdkError;
  return $metadata?.httpStatusCode === 404 && name !== "NoSuchBucket";
}

function shortName(name: string): string {
  return name === "Error" || name === "Unknown" || name === "" ? "without a reason" : name;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0]!.replace(/\.$/, "").slice(0, 200);
}
