export function fullMatch(pattern: string, text: string): boolean {
  return new RegExp(`^(?:${pattern})$`, "u").test(text);
}
export function fullGroups(pattern: string, text: string): (string | null)[] {
  return Array.from(new RegExp(`^(?:${pattern})$`, "u").exec(text) ?? [], (group) => group ?? null);
}
export function split(pattern: string, text: string): string[] {
  const parts = text.split(new RegExp(pattern, "u"));
  while (parts.length > 1 && parts.at(-1) === "") parts.pop();
  return parts;
}
