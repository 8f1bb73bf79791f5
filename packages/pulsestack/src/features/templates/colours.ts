type Rgb = readonly [number, number, number];

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
const READABLE = 4.5;
const DARK_CARD: Rgb = [0x18, 0x18, 0x1b];

/** What the colour of a workspace becomes where it must be read: on white, on a dark ground, and under text. */
export interface Palette {
  colour: string;
  /** Text on the colour. */
  on: string;
  link: string;
  linkDark: string;
}

export function paletteOf(colour: string): Palette {
  const rgb = parse(colour);
  return {
    colour,
    on: contrast(rgb, WHITE) >= 3 ? '#ffffff' : '#18181b',
    link: hex(readable(rgb, WHITE, BLACK)),
    linkDark: hex(readable(rgb, DARK_CARD, WHITE)),
  };
}

/** The colour, moved towards another until it can be read on the ground. */
function readable(colour: Rgb, ground: Rgb, towards: Rgb): Rgb {
  for (let share = 0; share <= 1; share += 0.05) {
    const mixed = colour.map((value, i) =>
      Math.round(value + ((towards[i] as number) - value) * share),
    ) as unknown as Rgb;
    if (contrast(mixed, ground) >= READABLE) return mixed;
  }
  return towards;
}

/** The contrast ratio of WCAG 2, from 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function parse(colour: string): Rgb {
  const value = Number.parseInt(colour.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

function hex(rgb: Rgb): string {
  return `#${rgb.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}
