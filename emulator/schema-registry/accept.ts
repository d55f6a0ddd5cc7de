/** The registry's `Accept` header: it decides the form of every answer and is required on every GET. */
import { type Problem, registryProblem } from "../problem.ts";

export interface AcceptedForm {
  /** `id` is the short form of lists, `full` has references resolved. */
  form: "id" | "plain" | "full";
  /** Whether titles and descriptions are in it. */
  texts: boolean;
  /** Whether the resource's descriptors are in it. */
  descriptors?: boolean;
  /** Major (or exact) version asked for; undefined in lists. */
  version: string | undefined;
}

const FORMS: Record<string, Omit<AcceptedForm, "version">> = {
  "-id": { form: "id", texts: true },
  "": { form: "plain", texts: true },
  "-full": { form: "full", texts: true },
  "-notext": { form: "plain", texts: false },
  "-full-notext": { form: "full", texts: false },
  // The file says "descriptions"; every page of the documentation, and what it leads to, says descriptors.
  "-full-desc": { form: "full", texts: true, descriptors: true },
  "-deprecatefield": { form: "full", texts: true },
};

/** For lists: no version. Throws XDM-1006-400, or 406 for a media type the registry does not know. */
export function acceptForList(header: string | undefined): AcceptedForm {
  const accept = parse(header, 1006);
  if (accept.version !== undefined || accept.form === "full") throw refusal(1006, header, "");
  return accept;
}

/** For single resources: a version is required. Throws XDM-1007-400, or 406 for a media type the registry does not know. */
export function acceptForLookup(header: string | undefined): AcceptedForm {
  const accept = parse(header, 1007);
  if (accept.version === undefined || accept.form === "id")
    throw refusal(1007, header, "; version=1 (Version should be specified)");
  return accept;
}

export interface AcceptedDescriptors {
  form: "object" | "id" | "link";
  /** The v2 media types page through a flat list; the others group everything by `@type`. */
  paged: boolean;
}

/** For lists of descriptors. Throws XDM-1008-400. */
export function acceptForDescriptors(header: string | undefined): AcceptedDescriptors {
  const match = /^application\/vnd\.adobe\.xdm(-v2)?(-id|-link)?\+json$/.exec(compact(header));
  if (!match) throw descriptorRefusal(1008, header, "xdm-id+json");
  return { form: match[2] === "-id" ? "id" : match[2] === "-link" ? "link" : "object", paged: match[1] !== undefined };
}

/** For one descriptor the header may be left out. Throws XDM-1009-400. */
export function checkAcceptForDescriptor(header: string | undefined): void {
  const value = compact(header);
  if (value === "" || value === "*/*" || value === "application/json") return;
  if (!/^application\/vnd\.adobe\.xdm\+json$/.test(value)) throw descriptorRefusal(1009, header, "xdm+json");
}

function parse(header: string | undefined, code: number): AcceptedForm {
  const match = /^application\/vnd\.adobe\.x[ed][dm](-[a-z-]+)?\+json(?:;version=([\d.]+))?$/.exec(compact(header));
  const form = match ? FORMS[match[1] ?? ""] : undefined;
  if (!match || !form) {
    const expected = code === 1007 ? "; version=1 (Version should be specified)" : "";
    throw refusal(code, header, expected, compact(header) === "" || compact(header) === "*/*" ? 400 : 406);
  }
  return { ...form, version: match[2] };
}

function compact(header: string | undefined): string {
  return (header ?? "").replaceAll(" ", "").toLowerCase();
}

function refusal(code: number, header: string | undefined, suffix: string, status = 400): Problem {
  const wanted = `A valid Accept value should look like application/vnd.adobe.'{xed|xdm'}+json${suffix}`;
  return registryProblem(code, status, "Accept header invalid", invalid(header, wanted));
}

function descriptorRefusal(code: number, header: string | undefined, wanted: string): Problem {
  const hint = `A valid Accept value should look like application/vnd.adobe.${wanted}`;
  return registryProblem(code, 400, "Accept header invalid", invalid(header, hint));
}

function invalid(header: string | undefined, hint: string): string {
  return `The supplied Accept header is not valid: ${header ?? "(none)"} - ${hint}`;
}
