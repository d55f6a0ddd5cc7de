import { OperandError } from "../expression/operand-error.ts";
import { setOwn, toPlain, type Value, type ValueObject } from "../expression/values.ts";
import { type FunctionSpec, needText, param, text } from "./types.ts";

interface Url {
  protocol: string;
  host: string;
  port: number | null;
  path: string;
  query: string | null;
  anchor: string | null;
}

const URL_PARTS =
  /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)(?::(\d{1,5}))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s;
const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  ftp: 21,
  ftps: 990,
  sftp: 22,
  ssh: 22,
  ldap: 389,
};

/** The parts as they are written: nothing is decoded, normalised or lower-cased (an URL object would). */
function parseUrl(value: string): Url | null {
  const match = URL_PARTS.exec(value);
  if (match === null || match[2] === "") return null;
  const [, protocol, host, port, path, query, anchor] = match;
  const known = port === undefined ? DEFAULT_PORTS[protocol!.toLowerCase()] : Number(port);
  return {
    protocol: protocol!,
    host: host!,
    port: known ?? null,
    path: path!,
    query: query ?? null,
    anchor: anchor ?? null,
  };
}

function ofUrl(read: (url: Url, args: Value[]) => Value): (args: Value[]) => Value {
  return (args) => {
    const value = text(args[0], "the URL");
    const url = value === null ? null : parseUrl(value);
    return url === null ? null : read(url, args);
  };
}

function query(url: Url, args: Value[]): Value {
  const mode = needText(args[1], "the anchor mode");
  if (!["retain", "remove", "append"].includes(mode))
    throw new OperandError('the anchor mode must be "retain", "remove" or "append"');
  if (url.query === null) return null;
  const found: ValueObject = {};
  const whole = mode === "retain" && url.anchor !== null ? `${url.query}#${url.anchor}` : url.query;
  for (const pair of whole.split("&")) {
    const at = pair.indexOf("=");
    if (pair !== "") setOwn(found, at < 0 ? pair : pair.slice(0, at), at < 0 ? "" : pair.slice(at + 1));
  }
  if (mode === "append" && url.anchor !== null) setOwn(found, "_anchor_", url.anchor);
  return found;
}

/** Every reserved character of the documented table becomes %XX, a blank %20; letters, digits and . - _ stay. */
function encode(args: Value[]): Value {
  const value = text(args[0], "the URL");
  if (value === null) return null;
  return encodeURIComponent(value.toWellFormed()).replace(
    /[!'()*~]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function decode(args: Value[]): Value {
  const value = text(args[0], "the URL");
  if (value === null) return null;
  try {
    return decodeURIComponent(value);
  } catch {
    throw new OperandError("the URL has a % that is not followed by two hexadecimal digits of UTF-8 text");
  }
}

function spec(
  name: string,
  returns: string,
  doc: string,
  example: string,
  result: unknown,
  evaluate: FunctionSpec["evaluate"],
  ...more: string[]
): FunctionSpec {
  return {
    name,
    category: "URL",
    tier: "B",
    params: [param("url"), ...more.map((one) => param(one, one === "full?" ? "boolean" : "string"))],
    returns,
    doc,
    example,
    result,
    evaluate,
  };
}

export const URL_FUNCTIONS: readonly FunctionSpec[] = [
  spec(
    "get_url_protocol",
    "string",
    "The protocol; null when the text is no URL.",
    'get_url_protocol("https://platform.adobe.com/home")',
    "https",
    ofUrl((url) => url.protocol),
  ),
  spec(
    "get_url_host",
    "string",
    "The host; null when the text is no URL.",
    'get_url_host("https://platform.adobe.com/home")',
    "platform.adobe.com",
    ofUrl((url) => url.host),
  ),
  spec(
    "get_url_port",
    "integer",
    "The port, or the protocol's own; null when the text is no URL.",
    'get_url_port("sftp://example.com//home/joe/employee.csv")',
    22,
    ofUrl((url) => url.port),
  ),
  spec(
    "get_url_path",
    "string",
    "The path; with false only its last part.",
    'get_url_path("sftp://example.com//home/joe/employee.csv")',
    "//home/joe/employee.csv",
    ofUrl((url, args) =>
      args[1] === undefined || toPlain(args[1]) !== false ? url.path : url.path.slice(url.path.lastIndexOf("/") + 1),
    ),
    "full?",
  ),
  spec(
    "get_url_query_str",
    "object",
    'The query\'s names and values. "retain" keeps the anchor on the last value, "remove" drops it, "append" adds it as _anchor_.',
    'get_url_query_str("foo://example.com:8042/over/there?name=ferret#nose", "append")',
    { name: "ferret", _anchor_: "nose" },
    ofUrl(query),
    "anchor",
  ),
  spec(
    "get_url_encoded",
    "string",
    "Encodes reserved characters as %XX.",
    'get_url_encoded("https://example.com/partneralliance_asia-pacific_2022")',
    "https%3A%2F%2Fexample.com%2Fpartneralliance_asia-pacific_2022",
    encode,
  ),
  spec(
    "get_url_decoded",
    "string",
    "Decodes %XX.",
    'get_url_decoded("https%3A%2F%2Fexample.com%2Fpartneralliance_asia-pacific_2022")',
    "https://example.com/partneralliance_asia-pacific_2022",
    decode,
  ),
];
