/** Where a bucket is: `s3://bucket/prefix?endpoint=URL&region=NAME&path-style=true`. */
import { ArtifactError } from "./artifact-error.ts";
import { isPlainKey } from "./key.ts";

export interface S3Location {
  readonly bucket: string;
  /** Before every key, without a slash at its ends; `""` for none. */
  readonly prefix: string;
  /** In place of what the SDK finds in the environment and the user's AWS configuration. */
  readonly endpoint?: string;
  readonly region?: string;
  /** By default what the endpoint needs: Amazon's own has the bucket in the host's name. */
  readonly pathStyle?: boolean;
}

export function isS3Location(text: string): boolean {
  return text.startsWith("s3://");
}

/** @throws ArtifactError `bad-store` */
export function parseS3Location(text: string): S3Location {
  const [, bucket = "", path = "", query = ""] =
    /^s3:\/\/([^/?]*)([^?]*)(?:\?(.*))?$/.exec(text) ?? [];
  if (!/^[a-z0-9][a-z0-9._-]{1,253}[a-z0-9]$/i.test(bucket)) {
    throw bad(text, "expected s3://bucket/prefix with the name of a bucket");
  }
  const prefix = path.replace(/^\/+|\/+$/g, "");
  if (prefix !== "" && !isPlainKey(prefix)) throw bad(text, "its prefix has empty or hidden parts");
  const options = new URLSearchParams(query);
  for (const name of options.keys()) {
    if (!["endpoint", "region", "path-style"].includes(name)) {
      throw bad(text, `${name} is none of endpoint, region and path-style`);
    }
  }
  const endpoint = options.get("endpoint");
  const region = options.get("region");
  const pathStyle = options.get("path-style");
  if (endpoint !== null && !isHttpUrl(endpoint)) throw bad(text, "its endpoint is no http(s) URL");
  if (pathStyle !== null && pathStyle !== "true" && pathStyle !== "false") {
    throw bad(text, "path-style is true or false");
  }
  return {
    bucket,
    prefix,
    ...(endpoint !== null && { endpoint }),
    ...(region && { region }),
    ...(pathStyle !== null && { pathStyle: pathStyle === "true" }),
  };
}

/** Credentials belong into the AWS configuration, not into a URL that is shown and kept. */
function isHttpUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.username === "";
}

function bad(text: string, why: string): ArtifactError {
  return new ArtifactError("bad-store", `${text}: ${why}.`);
}
