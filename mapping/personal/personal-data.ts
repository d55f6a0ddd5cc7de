/**
 * Which values of an event or a row are about a person: the one list, used by the lint rules, and wherever data is shown
 * that somebody did not ask to see. It goes by names (of XDM, of Capillary's events, of the trade) and by the values' shapes.
 */

/** XDM's fields for an e-mail address and a phone number, whichever person or purpose they stand under. */
export const EMAIL_FIELD = /(^|\.)\w*[eE]mail\.address$/;
export const PHONE_FIELD = /(^|\.)\w*[pP]hone\.number$/;

/** Everything below these is about a person, but for the harmless keys. */
const PERSONS =
  /^(identitymap|customeridentifiers|identifiers?|person|customer|(home|work|personal|billing|shipping|mailing)?(address|phone|email)|mobilephone|fax|beneficiary|referrer)$/;
const HARMLESS =
  /^(authenticatedstate|primary|namespace|type|status|loyaltytype|key|country(code)?|source|label|createdat|updatedat)$/;

/** Keys that hold something personal wherever they stand; spelled without case, `_` and `-`. */
const PERSONAL =
  /^(e?mail(address|id)?|.*email|(mobile|phone|msisdn|fax|telephone|whatsapp).*|(first|last|middle|full|given|family|sur|nick|maiden|customer|user|display|contact)name|salutation|dob|(date|day)ofbirth|birth(date|day|year|dayandmonth)?|gender|age|(home|street|postal)?address(line)?\d?|street\d?|postalcode|zip(code)?|latitude|longitude|geo|(external|customer|user|member|loyalty|person|crm|account|device|visitor|advertising|session|national|tax|subscriber)(id|no|number)|(loyalty|gift|credit|membership)?card(id|no|number)?|cuid|ecid|idfa|gaid|iban|ssn|pan|aadhaar|passport(no|number)?|ip(v4|v6|address)?|cookies?|useragent|notes?|comments?|remarks?|feedback|signature|photo|avatar|facebook|twitter|instagram|wechat)$/;

/** Shapes that give a value away under any key: an e-mail address, a phone number as it is written for people. */
const EMAIL = /[\w.+%'-]+@[\w-]+(\.[\w-]+)+/;
const PHONE = /^\+\d[\d ().-]{6,18}\d$/;

/** Whether the value at a path (keys from the outermost, without list indexes) is about a person. */
export function isPersonalPath(path: readonly string[]): boolean {
  const keys = path.map((key) => key.toLowerCase().replaceAll(/[\s_.-]/g, ""));
  const last = keys.at(-1) ?? "";
  if (PERSONAL.test(last)) return true;
  return !HARMLESS.test(last) && keys.slice(0, -1).some((key) => PERSONS.test(key));
}

/** Whether a text shows by itself that it is about a person. */
export const looksPersonal = (value: string): boolean => EMAIL.test(value) || PHONE.test(value.trim());

/** A copy in which `replace` stands for every personal value; the structure and everything else stay. */
export function replacePersonal(
  value: unknown,
  replace: (value: string | number) => unknown,
  path: readonly string[] = [],
): unknown {
  if (Array.isArray(value)) return value.map((item) => replacePersonal(item, replace, path));
  if (typeof value === "object" && value !== null)
    // Flat rows have dotted keys: each part counts as a key of its own.
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, replacePersonal(item, replace, [...path, ...key.split(".")])]),
    );
  if (typeof value === "number") return isPersonalPath(path) ? replace(value) : value;
  if (typeof value !== "string" || value === "") return value;
  return isPersonalPath(path) || looksPersonal(value) ? replace(value) : value;
}
