/** Which service a URL is, and what to send there. */
import { PushError } from "./push-error.ts";

export const services = ["pyroscope", "parca"] as const;
export type Service = (typeof services)[number];

export interface Endpoint {
  readonly service: Service;
  /** Of the one path that takes profiles, without credentials. */
  readonly url: URL;
  /** Of the `authorization` header; never shown. */
  readonly authorization?: string;
}

const paths: Readonly<Record<Service, string>> = {
  pyroscope: "ingest",
  parca: "profiles/writeraw",
};
/** Where they listen when nobody says otherwise. */
const ports: Readonly<Record<string, Service>> = { "4040": "pyroscope", "7070": "parca" };

/**
 * @param token sent as a bearer's; a name and password may stand in the URL instead
 * @throws PushError `bad-endpoint`
 */
export function parseEndpoint(text: string, asked?: Service, token?: string): Endpoint {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new PushError("bad-endpoint", "The endpoint has to be an http or https URL.");
  }
  const service = asked ?? services.find((each) => endsWith(url, paths[each])) ?? ports[url.port];
  if (!service) {
    const text = `Which service ${url.host} is does not show: give --as pyroscope or --as parca.`;
    throw new PushError("bad-endpoint", text);
  }
  const basic =
    url.username !== "" &&
    Buffer.from(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`).toString(
      "base64",
    );
  url.username = "";
  url.password = "";
  url.search = "";
  url.hash = "";
  if (!endsWith(url, paths[service])) {
    url.pathname = `${url.pathname.replace(/\/+$/, "")}/${paths[service]}`;
  }
  if (basic) return { service, url, authorization: `Basic ${basic}` };
  return { service, url, ...(token && { authorization: `Bearer ${token}` }) };
}

function endsWith({ pathname }: URL, path: string): boolean {
  return pathname.replace(/\/+$/, "").endsWith(`/${path}`);
}
