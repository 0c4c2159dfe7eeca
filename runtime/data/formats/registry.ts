// Every format of data files, one per line. `data-format-list.ts` of the compiler has their names and
// endings.

import type { DataFormat } from "../../../compiler/frontend/config/data-format-list.ts";
import { arrow } from "./arrow/arrow.ts";
import { csv, tsv } from "./csv.ts";
import type { FileFormat } from "./file-format.ts";
import { json, jsonLines } from "./json.ts";
import { numpy } from "./numpy/numpy.ts";
import { parquet } from "./parquet.ts";

export const fileFormats: Readonly<Record<DataFormat, FileFormat>> = {
  csv,
  tsv,
  parquet,
  arrow,
  numpy,
  json,
  json_lines: jsonLines,
};
