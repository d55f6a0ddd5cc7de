/** Which event is sent to a flow: the one of `--event`, else one of the mapping file's golden tests. */
import { readFileSync } from "node:fs";
import { AepError } from "../../errors.ts";
import { parseJson, readFixture } from "../../mapping/golden/fixture.ts";
import { openMapping } from "../../mapping/golden/project.ts";
import { isPlain, type Plain } from "../../resources/values.ts";
import { type MarkedSample, markSample } from "./sample.ts";

export interface SampleSource {
  /** Path of the flow's mapping file. */
  mappingFile: string;
  tenant: string;
  standardFields?: Readonly<Record<string, boolean>> | undefined;
  /** `--event`. */
  eventFile?: string | undefined;
}

export interface ChosenSample extends MarkedSample {
  from: string;
  /** Rows of the mapping that are known to give nothing for this event. */
  knownErrors: string[];
}

/**
 * The event with its marker, mapped offline.
 * @throws AepError FILE_NOT_FOUND, EVENT_FILE, MAPPING_YAML, XDM_YAML
 */
export function chooseSample(source: SampleSource, marker: string): ChosenSample {
  const { mappingFile, tenant, standardFields, eventFile } = source;
  const mapping = openMapping(mappingFile, { tenant, standardFields });
  const identities = mapping.loaded.file.identities.map(({ property }) => property);
  const now = Date.now();
  const apply = (event: Plain) => mapping.apply(event, now);
  const candidates = eventFile === undefined ? golden() : [{ from: eventFile, event: eventOf(eventFile) }];
  if (candidates.length === 0)
    throw new AepError("EVENT_FILE", "the mapping has no golden test whose event could be sent", {
      where: mappingFile,
      hint: "Add a test to the mapping file, or name an event with --event FILE.",
    });
  for (const { from, event } of candidates) {
    const sample = markSample(event, apply, marker, identities);
    if (sample)
      return { ...sample, from, knownErrors: apply(sample.event).errors.map(({ destination }) => destination) };
  }
  throw new AepError(
    "EVENT_FILE",
    "no value of the event comes out of the mapping, so that its row could not be found",
    {
      where: eventFile ?? mappingFile,
      hint: "Name an event with an identity or an id that the mapping keeps, with --event FILE.",
    },
  );

  /** Tests that expect a good row, in the order of the file. */
  function golden(): Array<{ from: string; event: Plain }> {
    return mapping.file.tests
      .filter(({ valid, errors }) => valid && errors.length === 0)
      .map(({ name, event }) => ({
        from: `${mappingFile}, test "${name}"`,
        event: readFixture(event, tenant) as Plain,
      }));
  }
}

/** The event of a file. @throws AepError FILE_NOT_FOUND, EVENT_FILE */
export function eventOf(file: string): Plain {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw new AepError("FILE_NOT_FOUND", "the event's file cannot be read", { where: file });
  }
  const event = parseJson(text, file);
  if (isPlain(event)) return event;
  throw new AepError("EVENT_FILE", "the file holds no single event", { where: file, hint: "Write one JSON object." });
}
