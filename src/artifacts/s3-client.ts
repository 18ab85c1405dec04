/**
 * Amazon's own client, set up for any S3-compatible endpoint. Credentials come from its own chain
 * and are seen by nobody else.
 */
import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import type { S3Location } from "./s3-location.ts";

export interface S3Patience {
  /** Tries of each request, the first included. */
  readonly attempts: number;
  readonly connectMs: number;
  /** Without a byte in either direction. */
  readonly silenceMs: number;
}

export const usualPatience: S3Patience = { attempts: 4, connectMs: 10_000, silenceMs: 60_000 };

const defaultRegion = "us-east-1";

export async function createS3Client(
  location: S3Location,
  patience: S3Patience,
): Promise<S3Client> {
  const config: S3ClientConfig = {
    maxAttempts: patience.attempts,
    requestHandler: {
      connectionTimeout: patience.connectMs,
      socketTimeout: patience.silenceMs,
    },
    ...(location.endpoint !== undefined && { endpoint: location.endpoint }),
    ...(location.region !== undefined && { region: location.region }),
  };
  const probe = new S3Client(config);
  try {
    // From the URL, the environment or the user's AWS configuration: anything but Amazon's own.
    const { endpoint, serviceConfiguredEndpoint } = probe.config;
    const isCustom = ((await endpoint?.()) ?? (await serviceConfiguredEndpoint?.())) !== undefined;
    const region = await probe.config.region().catch(() => defaultRegion);
    const pathStyle = location.pathStyle ?? (isCustom || location.bucket.includes("."));
    return new S3Client({
      ...config,
      region,
      forcePathStyle: pathStyle,
      followRegionRedirects: true,
      // Many compatible endpoints refuse the checksums that Amazon's own takes by default.
      ...(isCustom && {
        requestChecksumCalculation: "WHEN_REQUIRED",
        responseChecksumValidation: "WHEN_REQUIRED",
      }),
    });
  } finally {
    probe.destroy();
  }
}
