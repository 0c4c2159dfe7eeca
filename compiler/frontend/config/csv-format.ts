// The format of a CSV that differs from what its ending says: its delimiter, its numbers, its encoding. Pure:
// this file reads nothing.

/** Null means the default: the ending decides the delimiter, and the encoding is UTF-8. */
export interface CsvFormat {
  readonly delimiter: string | null;
  readonly decimal: DecimalSign;
  readonly encoding: Encoding | null;
}

export const decimalSigns = {
  ".": "Numbers have a decimal point: `1234.5`.",
  ",": "Numbers have a decimal comma, and may have a point between thousands: `1234,5`, `1.234,5`.",
} as const;
export type DecimalSign = keyof typeof decimalSigns;

/** The encoding labels of browsers and Node, with their use. */
export const encodings = {
  "utf-8": "Unicode, as all modern programs write it.",
  "utf-16le": 'Unicode, as Excel\'s "Unicode text".',
  "utf-16be": "Unicode with the bytes in the other order.",
  "windows-1252": "Western European Windows; it also reads `latin1`.",
  "windows-1250": "Central European Windows.",
  "windows-1251": "Cyrillic Windows.",
  "windows-1254": "Turkish Windows.",
  "iso-8859-2": "Latin 2, Central European.",
  "iso-8859-15": "Latin 9: Latin 1 with the euro sign.",
  "koi8-r": "Cyrillic.",
  gb18030: "Chinese, GBK and GB 2312 among it.",
  big5: "Chinese of Taiwan and Hong Kong.",
  shift_jis: "Japanese.",
  "euc-jp": "Japanese.",
  "euc-kr": "Korean.",
} as const;
export type Encoding = keyof typeof encodings;

export const plainCsv: CsvFormat = { delimiter: null, decimal: ".", encoding: null };

/** Null if everything is as the ending says. */
export function csvFormatOf(
  delimiter: string | null,
  decimal: DecimalSign,
  encoding: Encoding | null,
): CsvFormat | null {
  const own = encoding === "utf-8" ? null : encoding;
  return delimiter === null && decimal === "." && own === null ? null : { delimiter, decimal, encoding: own };
}

/** Up to four ASCII characters, without quotes and line ends. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: Hive writes U+0001 between values.
export const DELIMITER = /^[\x01-\x09\x0b\x0c\x0e-\x21\x23-\x7e]{1,4}$/;

/** The setting as it is written under `data` in dinc.yaml. */
export function csvSetting({ delimiter, decimal, encoding }: CsvFormat): string {
  const said = [
    ...(delimiter === null ? [] : [`delimiter: ${JSON.stringify(delimiter)}`]),
    ...(decimal === "." ? [] : [`decimal: ${JSON.stringify(decimal)}`]),
    ...(encoding === null ? [] : [`encoding: ${encoding}`]),
  ];
  return `csv: { ${said.join(", ")} }`;
}
