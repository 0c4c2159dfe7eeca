// The numbers of Arrow's types. flechette has them, too, but it is loaded only when a file of Arrow is read.

import type { DataType } from "@uwdata/flechette";

export const arrowTypes = {
  dictionary: -1,
  none: 0,
  null: 1,
  int: 2,
  float: 3,
  binary: 4,
  utf8: 5,
  bool: 6,
  decimal: 7,
  date: 8,
  time: 9,
  timestamp: 10,
  interval: 11,
  list: 12,
  struct: 13,
  union: 14,
  fixedSizeBinary: 15,
  fixedSizeList: 16,
  map: 17,
  duration: 18,
  largeBinary: 19,
  largeUtf8: 20,
  largeList: 21,
  runEndEncoded: 22,
  binaryView: 23,
  utf8View: 24,
  listView: 25,
  largeListView: 26,
} as const satisfies Readonly<Record<string, DataType["typeId"]>>;
