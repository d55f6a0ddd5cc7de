import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRefusal, refusalError } from "./errors.ts";

const answer = (status: number, body: unknown, headers: Record<string, unknown> = {}) => {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return { status, headers, text, body: typeof body === "string" ? undefined : body };
};

/** One refusal of every shape the services use, and what must be read out of it. */
const SHAPES: Array<[string, ReturnType<typeof answer>, object]> = [
  [
    "gateway",
    answer(403, { error_code: "403027", message: "User region is missing" }),
    { apiCode: "403027", message: "User region is missing" },
  ],
  [
    "gateway with a number",
    answer(401, { error_code: 401013, message: "Oauth token is not valid" }),
    { apiCode: "401013" },
  ],
  [
    "Flow Service",
    answer(404, {
      type: "https://ns.adobe.com/aep/errors/FLOW-1439-404",
      title: "Resource not found",
      report: { "detailed-message": "Flow x was not found", "request-id": "r-1" },
      errorMessage: "other words",
    }),
    { apiCode: "FLOW-1439-404", message: "Flow x was not found", requestId: "r-1" },
  ],
  [
    "Flow Service, older",
    answer(412, { errorMessage: "Supplied version does not match", errorDetails: "d" }),
    { message: "Supplied version does not match" },
  ],
  [
    "Schema Registry",
    answer(400, {
      type: "http://ns.adobe.com/aep/errors/XDM-1521-400",
      report: { registryRequestId: "r-2", "detailed-message": "Title must be unique", "sub-errors": [] },
    }),
    { apiCode: "XDM-1521-400", message: "Title must be unique", requestId: "r-2" },
  ],
  [
    "sandbox",
    answer(400, { status: 400, title: "Not allowed", type: "http://ns.adobe.com/aep/errors/SMS-2074-400" }),
    { apiCode: "SMS-2074-400", message: "Not allowed" },
  ],
  [
    "streaming",
    answer(400, {
      type: "http://ns.adobe.com/adobecloud/problem/data-collection-service/inlet",
      title: "Invalid XDM Message Format",
      report: {
        message: "Message is invalid",
        cause: {
          _streamingValidation: [
            {
              pointerToViolation: "#",
              causingExceptions: [
                { pointerToViolation: "#/_id", causingExceptions: [], message: "expected type: String" },
              ],
              message: "1 violation",
            },
          ],
        },
      },
    }),
    { message: "Message is invalid: #/_id expected type: String", apiCode: undefined },
  ],
  [
    "IMS",
    answer(400, { error: "invalid_client", error_description: "invalid client_secret parameter" }),
    { apiCode: "invalid_client", message: "invalid client_secret parameter" },
  ],
  [
    "a proxy's page",
    answer(503, "<html><head><title>x</title></head><body><h1>Service</h1> Unavailable</body></html>", {
      "x-request-id": "r-3",
    }),
    { message: "Service Unavailable", requestId: "r-3" },
  ],
  ["nothing", answer(500, ""), { message: "status 500 without a body" }],
];

describe("a refusal", () => {
  it.each(SHAPES)("of %s is understood", (_, given, expected) => {
    expect(parseRefusal(given)).toMatchObject(expected);
  });

  it("is understood whatever the body holds", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 400, max: 599 }), (body, status) => {
        const { message } = parseRefusal({ status, headers: {}, text: JSON.stringify(body), body });
        expect(message.length).toBeGreaterThan(0);
      }),
    );
  });

  it.each([
    [403, { error_code: "403010", message: "Oauth token is missing." }, "AEP_AUTH_FAILED"],
    [403, { error_code: "403025", message: "Profile is not valid" }, "AEP_AUTH_FAILED"],
    [403, { type: "x/FLOW-2120-403", title: "Forbidden" }, "AEP_FORBIDDEN"],
    [403, { type: "x/XDM-2010-403", title: "Permission management access denied" }, "AEP_FORBIDDEN"],
    [404, { type: "https://ns.adobe.com/aep/errors/FLOW-2100-404", title: "x" }, "AEP_SANDBOX_UNKNOWN"],
    [404, { type: "https://ns.adobe.com/aep/errors/FLOW-1439-404", title: "x" }, "AEP_NOT_FOUND"],
    [412, {}, "AEP_ETAG_MISMATCH"],
    [429, {}, "AEP_THROTTLED"],
    [400, {}, "AEP_REFUSED"],
    [502, {}, "AEP_SERVER"],
  ])("%i %j becomes %s...", (status, body, code) => {
    expect(refusalError(answer(status, body), "GET /x").code).toBe(code);
  });

  it("says where a refusal's code is explained, if it is one of AEP's", () => {
    const type = "https://ns.adobe.com/aep/errors/FLOW-1418-400";
    expect(refusalError(answer(400, { type }), "DELETE /x").hint).toContain("`aep explain FLOW-1418-400`");
    expect(refusalError(answer(400, { error_code: "bad" }), "DELETE /x").hint).not.toContain("explain");
  });
});
