/*
 * Reads requests as encoded.ts writes them. All that a request holds is in memory of its own, of exactly its size, so that a
 * sanitizer sees each byte that is read beyond it. Comes after the encoders.
 */
static unsigned char *file;
static size_t file_size, at;

static void *allocated(size_t size) {
  void *memory = malloc(size == 0 ? 1 : size);
  if (memory == NULL) exit(3);
  return memory;
}

static void take(void *out, size_t size) {
  memcpy(out, file + at, size);
  at += size;
}

static uint32_t word(void) {
  uint32_t value;
  take(&value, sizeof value);
  return value;
}

static void *bytes(size_t size) {
  void *memory = allocated(size);
  if (size > 0) take(memory, size);
  return memory;
}

static void read_value(dinc_value *value) {
  memset(value, 0, sizeof *value);
  value->type = (dinc_type)word();
  switch (value->type) {
    case DINC_NUMBER: take(&value->of.number, 8); break;
    case DINC_INTEGER: take(&value->of.integer, 8); break;
    case DINC_BOOLEAN: value->of.boolean = (int)word(); break;
    case DINC_TEXT:
      value->length = word();
      value->of.text = bytes(value->length);
      break;
    case DINC_LIST: {
      value->length = word();
      dinc_value *values = allocated(value->length * sizeof *values);
      for (size_t i = 0; i < value->length; i++) read_value(&values[i]);
      value->of.values = values;
      break;
    }
    case DINC_FLOATS:
      value->length = word();
      value->of.floats = bytes(4 * value->length);
      break;
    case DINC_DOUBLES:
      value->length = word();
      value->of.doubles = bytes(8 * value->length);
      break;
    default: break;
  }
}

static void free_value(const dinc_value *value) {
  if (value->type == DINC_LIST)
    for (size_t i = 0; i < value->length; i++) free_value(&value->of.values[i]);
  if (value->type == DINC_TEXT || value->type == DINC_LIST || value->type == DINC_FLOATS ||
      value->type == DINC_DOUBLES)
    free((void *)(uintptr_t)value->of.text);
}

static void read_rows(dinc_rows *rows, const dinc_part *part) {
  rows->type = (dinc_type)word();
  rows->count = word();
  dinc_value *values = allocated(rows->count * part->field_count * sizeof *values);
  for (size_t i = 0; i < rows->count * part->field_count; i++) read_value(&values[i]);
  rows->values = values;
}

static void free_rows(const dinc_rows *rows, const dinc_part *part) {
  for (size_t i = 0; i < rows->count * part->field_count; i++) free_value(&rows->values[i]);
  free((void *)(uintptr_t)rows->values);
}

/* Whether the file can be read. */
static int open_requests(const char *path) {
  FILE *input = path == NULL ? NULL : fopen(path, "rb");
  if (input == NULL) return 0;
  fseek(input, 0, SEEK_END);
  file_size = (size_t)ftell(input);
  rewind(input);
  file = (unsigned char *)allocated(file_size);
  const size_t size = fread(file, 1, file_size, input);
  fclose(input);
  return size == file_size;
}

static void close_requests(void) { free(file); }

static int has_request(void) { return at < file_size; }

static void read_request(const dinc_inputs *inputs, dinc_request *request, dinc_rows *candidates) {
  request->history = (dinc_type)word();
  dinc_rows *parts = (dinc_rows *)allocated(inputs->part_count * sizeof *parts);
  for (uint32_t i = 0; i < inputs->part_count; i++) read_rows(&parts[i], &inputs->parts[i]);
  request->parts = parts;
  read_rows(candidates, &inputs->candidates);
}

static void free_request(const dinc_inputs *inputs, const dinc_request *request, const dinc_rows *candidates) {
  for (uint32_t i = 0; i < inputs->part_count; i++) free_rows(&request->parts[i], &inputs->parts[i]);
  free((void *)(uintptr_t)request->parts);
  free_rows(candidates, &inputs->candidates);
}
