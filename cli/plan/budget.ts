/** A document of sections that never grows over a length: what matters most first, the rest counted. Pure. */

export interface Block {
  text: string;
  /** Used where the whole does not fit. */
  short?: string;
  /** What is left out when the block is: entries, not lines. Default 1. */
  items?: number;
}

export interface Section {
  head: string;
  blocks: readonly Block[];
  tail: string;
  /** Said in the section when blocks are left out. */
  more: (left: number) => string;
  /** At most this share of the whole length, from 0 to 1. */
  share: number;
  /** Sections are filled by rank, lowest first, and shown in the order given. */
  rank: number;
}

export interface Fitted {
  text: string;
  /** Entries that are not shown. */
  left: number;
}

const itemsOf = (blocks: readonly Block[]): number => blocks.reduce((sum, { items = 1 }) => sum + items, 0);

/** The sections in their order, together at most `max` characters long. */
export function compose(sections: readonly Section[], max: number): Fitted {
  const texts = new Map<Section, Fitted>();
  let room = max;
  for (const section of [...sections].sort((a, b) => a.rank - b.rank)) {
    const fitted = fitSection(section, Math.min(room, Math.floor(section.share * max)));
    room -= fitted.text.length;
    texts.set(section, fitted);
  }
  const all = sections.flatMap((section) => texts.get(section) ?? []);
  return { text: all.map(({ text }) => text).join(""), left: all.reduce((sum, { left }) => sum + left, 0) };
}

function fitSection({ head, blocks, tail, more }: Section, room: number): Fitted {
  const all = itemsOf(blocks);
  if (blocks.length === 0) return { text: "", left: 0 };
  const frame = head.length + tail.length;
  const whole = blocks.map(({ text }) => text).join("");
  if (frame + whole.length <= room) return { text: head + whole + tail, left: 0 };
  let free = room - frame - more(all).length;
  const shown: string[] = [];
  let left = all;
  for (const { text, short, items = 1 } of blocks) {
    const fitting = [text, short].find((candidate) => candidate !== undefined && candidate.length <= free);
    if (fitting === undefined) break;
    shown.push(fitting);
    free -= fitting.length;
    left -= items;
  }
  if (shown.length === 0) return { text: "", left: all };
  return { text: head + shown.join("") + (left > 0 ? more(left) : "") + tail, left };
}
