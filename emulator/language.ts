/**
 * The mapping language. Its libraries take a good part of the time that everything else needs to start: they are loaded with the
 * first call or record that meets a mapping.
 */
type Language = typeof import("./language-parts.ts").PARTS;

let loaded: Language | undefined;

/** Loads it, once; undefined when it is there, so that nobody waits for nothing. */
export function languageLoaded(): Promise<void> | undefined {
  if (loaded) return undefined;
  return import("./language-parts.ts").then(({ PARTS }) => {
    loaded = PARTS;
  });
}

/** The language's parts, for code behind `languageLoaded`. */
export function language(): Language {
  if (!loaded) throw new Error("the mapping language is used before it is loaded");
  return loaded;
}
