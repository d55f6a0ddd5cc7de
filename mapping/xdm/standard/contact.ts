/** Data types about people and how to reach them. Names and types are public XDM facts; the wording is ours. */
import { choice, dataType, date, decimal, flag, object, ref, suggestion, text, whole, xdm } from "../fields.ts";

const REACHABLE = {
  active: "In use",
  incomplete: "Parts are missing",
  blacklisted: "On a block list",
  blocked: "Blocked",
};

export const emailAddress = dataType("context/emailaddress", {
  title: "Email address",
  description: "One e-mail address with its standing.",
  properties: {
    primary: flag("Preferred address"),
    address: text("Address", { format: "email" }),
    label: text("Display name"),
    type: suggestion("Kind", { unknown: "Unknown", personal: "Private", work: "Work", education: "Education" }),
    status: suggestion("Standing", { ...REACHABLE, pending_verification: "Waiting for confirmation" }),
    statusReason: text("Why it has this standing"),
  },
});

export const phoneNumber = dataType("context/phonenumber", {
  title: "Phone number",
  description: "One telephone number with its standing; write it in E.164 form.",
  properties: {
    primary: flag("Preferred number"),
    countryCode: text("Country calling code"),
    number: text("Number"),
    extension: text("Extension"),
    status: suggestion("Standing", REACHABLE),
    statusReason: text("Why it has this standing"),
    validity: suggestion("Technical validity", {
      consistent: "Fits the country",
      inconsistent: "Does not fit the country",
      incomplete: "Parts are missing",
      successfullyUsed: "Used with success",
    }),
  },
});

export const address = dataType("common/address", {
  title: "Postal address",
  description: "One postal address.",
  properties: {
    primary: flag("Preferred address"),
    label: text("Name of the address"),
    street1: text("Street"),
    street2: text("Street, second line"),
    street3: text("Street, third line"),
    street4: text("Street, fourth line"),
    postOfficeBox: text("Post office box"),
    city: text("City"),
    region: text("Region"),
    state: text("State"),
    stateProvince: text("State or province code (ISO 3166-2)", { pattern: "^[A-Z]{2}-[A-Z0-9]{1,3}$" }),
    postalCode: text("Postal code"),
    country: text("Country"),
    countryCode: text("Country code (ISO 3166-1)", { pattern: "^[A-Z]{2}$" }),
    dmaID: whole("Designated market area"),
    msaID: whole("Metropolitan statistical area"),
    status: suggestion("Standing", { ...REACHABLE, pending_verification: "Waiting for confirmation" }),
    statusReason: text("Why it has this standing"),
    lastVerifiedDate: date("Last verified"),
    _schema: object("Coordinates", {
      description: text("Place"),
      elevation: decimal("Elevation, metres"),
      latitude: decimal("Latitude, degrees", { minimum: -90, maximum: 90 }),
      longitude: decimal("Longitude, degrees", { minimum: -180, maximum: 180 }),
    }),
  },
});

export const personName = dataType("context/person-name", {
  title: "Person name",
  description: "The parts of a person's name.",
  properties: {
    firstName: text("First name"),
    lastName: text("Last name"),
    middleName: text("Middle names"),
    courtesyTitle: text("Courtesy title"),
    suffix: text("Suffix"),
    fullName: text("Full name as written"),
  },
});

export const person = dataType("context/person", {
  title: "Person",
  description: "Who a person is: name, birth, gender.",
  properties: {
    name: ref(xdm("context/person-name"), "Name"),
    birthDate: date("Date of birth"),
    birthDayAndMonth: text("Birthday, MM-DD", { pattern: "^[0-1][0-9]-[0-9][0-9]$" }),
    birthYear: whole("Year of birth", { minimum: 1, maximum: 32767 }),
    gender: choice("Gender", {
      male: "Male",
      female: "Female",
      not_specified: "Not specified",
      non_specific: "Non-specific",
    }),
    maritalStatus: choice("Marital status", {
      married: "Married",
      single: "Single",
      divorced: "Divorced",
      widowed: "Widowed",
      not_specified: "Not specified",
    }),
    nationality: text("Nationality (ISO 3166-1)", { pattern: "^[A-Z]{2}$" }),
    type: text("Kind of person record"),
    taxId: text("Tax number"),
  },
});

export const identityItem = dataType("context/identityitem", {
  title: "Identity item",
  description: "One identity of a person inside a namespace.",
  properties: {
    id: text("Identity value; compared case-sensitively"),
    authenticatedState: choice("Whether the person was signed in", {
      ambiguous: "Not known",
      authenticated: "Signed in",
      loggedOut: "Signed out",
    }),
    primary: flag("The record's primary identity"),
  },
});
