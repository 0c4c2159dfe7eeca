/* Reads a weights file (compiler/serve/weights.ts has its form). Nothing in the file is trusted: each length is compared with
 * the file's own, each checksum is verified, and only the tensors that the model names are accepted, in their order. */

enum {
  DINC_CODE_OK = 0,
  DINC_CODE_NO_FILE,
  DINC_CODE_NO_MEMORY,
  DINC_CODE_CUT,
  DINC_CODE_FOREIGN,
  DINC_CODE_VERSION,
  DINC_CODE_CHANGED,
  DINC_CODE_OTHER_MODEL,
  DINC_CODE_INPUT,
  DINC_CODE_NO_SCORE,
  DINC_CODE_NO_USER,
  DINC_CODE_NO_STORE,
  DINC_CODE_STORE
};

/* The text of each code. */
DINC_LOCAL const char *dinc_message(int code) {
  switch (code) {
    case DINC_CODE_OK: return "no error";
    case DINC_CODE_NO_FILE: return "the weights file can't be read";
    case DINC_CODE_NO_MEMORY: return "there is too little memory";
    case DINC_CODE_CUT: return "the weights file is cut short, or longer than its header says";
    case DINC_CODE_FOREIGN: return "this isn't a weights file of dinc";
    case DINC_CODE_VERSION: return "another version of dinc wrote the weights file: compile the model and its weights together";
    case DINC_CODE_CHANGED: return "the weights file was changed: a checksum does not match";
    case DINC_CODE_OTHER_MODEL: return "the weights belong to another model: compile the model and its weights together";
    case DINC_CODE_INPUT: return "a value of the request cannot be used";
    case DINC_CODE_NO_SCORE: return "a candidate has no score: a number on the way to it is too large, or the model divides by 0";
    case DINC_CODE_NO_USER: return "the session has no user yet";
    case DINC_CODE_NO_STORE: return "the rows of a table aren't in the weights: load them with their stores";
    case DINC_CODE_STORE: return "the store of a table failed";
    default: return "not a code of this model";
  }
}

DINC_LOCAL uint32_t dinc_u32(const unsigned char *at) {
  return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* CRC-32 as in zip, eight bytes at a time. */
typedef struct { uint32_t of[8][256]; } dinc_crc_table;

DINC_LOCAL void dinc_fill_crc(dinc_crc_table *table) {
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; bit++) value = value & 1 ? value >> 1 ^ 0xedb88320u : value >> 1;
    table->of[0][i] = value;
  }
  for (int k = 1; k < 8; k++)
    for (int i = 0; i < 256; i++)
      table->of[k][i] = table->of[k - 1][i] >> 8 ^ table->of[0][table->of[k - 1][i] & 255];
}

DINC_LOCAL uint32_t dinc_crc(const dinc_crc_table *table, const unsigned char *bytes, size_t count) {
  uint32_t crc = 0xffffffffu;
  for (; count >= 8; bytes += 8, count -= 8) {
    crc ^= dinc_u32(bytes);
    crc = table->of[7][crc & 255] ^ table->of[6][crc >> 8 & 255] ^ table->of[5][crc >> 16 & 255] ^
          table->of[4][crc >> 24] ^ table->of[3][bytes[4]] ^ table->of[2][bytes[5]] ^ table->of[1][bytes[6]] ^
          table->of[0][bytes[7]];
  }
  for (; count > 0; bytes++, count--) crc = table->of[0][(crc ^ *bytes) & 255] ^ crc >> 8;
  return ~crc;
}

/* A position in the JSON of the header, which ends before `end`. */
typedef struct { const char *at, *end; } dinc_cursor;

/* Goes past `expected` if it is next. */
DINC_LOCAL int dinc_skip(dinc_cursor *text, const char *expected) {
  size_t length = strlen(expected);
  if ((size_t)(text->end - text->at) < length || memcmp(text->at, expected, length) != 0) return 0;
  text->at += length;
  return 1;
}

/* A whole number below 2^53. */
DINC_LOCAL int dinc_whole(dinc_cursor *text, uint64_t *number) {
  const char *from = text->at;
  *number = 0;
  while (text->at < text->end && *text->at >= '0' && *text->at <= '9') {
    if (text->at - from >= 16) return 0;
    *number = *number * 10 + (uint64_t)(*text->at++ - '0');
  }
  return text->at > from && *number < (uint64_t)1 << 53;
}

/* A tensor that the model names, with the bytes of a number. `length` is 0 if the file decides. */
typedef struct {
  const char *name, *type;
  unsigned width;
  uint64_t length;
  const unsigned char *bytes;
} dinc_tensor;

#define DINC_ALIGNED(bytes) (((bytes) + 63) & ~(uint64_t)63)

/* Finds the tensors, and the name of the run, of at most `room` - 1 characters. */
DINC_LOCAL int dinc_read_weights(const unsigned char *bytes, uint64_t size, const char *program, dinc_tensor *tensors,
                                 int count, char *run, size_t room) {
  dinc_crc_table table;
  dinc_cursor text;
  uint64_t first, offset, checksum, length;
  if (size < 8) return DINC_CODE_CUT;
  if (memcmp(bytes, "DINCWTS1", 8) != 0) return DINC_CODE_FOREIGN;
  if (size < 24) return DINC_CODE_CUT;
  if (dinc_u32(bytes + 8) != 3) return DINC_CODE_VERSION;
  first = DINC_ALIGNED(24 + (uint64_t)dinc_u32(bytes + 12));
  if (first > size) return DINC_CODE_CUT;
  dinc_fill_crc(&table);
  if (dinc_crc(&table, bytes + 24, (size_t)(first - 24)) != dinc_u32(bytes + 16) || dinc_u32(bytes + 20) != 0)
    return DINC_CODE_CHANGED;
  text.at = (const char *)bytes + 24;
  text.end = text.at + dinc_u32(bytes + 12);
  if (!dinc_skip(&text, "{\"program\":\"") || !dinc_skip(&text, program) || !dinc_skip(&text, "\",\"run\":"))
    return DINC_CODE_OTHER_MODEL;
  run[0] = 0;
  if (!dinc_skip(&text, "null")) {
    size_t at = 0;
    if (!dinc_skip(&text, "\"")) return DINC_CODE_CHANGED;
    while (text.at < text.end && *text.at != '"') {
      if (at + 1 < room) run[at++] = *text.at;
      text.at++;
    }
    run[at] = 0;
    if (!dinc_skip(&text, "\"")) return DINC_CODE_CHANGED;
  }
  if (!dinc_skip(&text, ",\"tensors\":[")) return DINC_CODE_CHANGED;
  offset = first;
  for (int i = 0; i < count; i++) {
    dinc_tensor *tensor = tensors + i;
    if (!dinc_skip(&text, i == 0 ? "{\"name\":\"" : ",{\"name\":\"") || !dinc_skip(&text, tensor->name) ||
        !dinc_skip(&text, "\",\"type\":\"") || !dinc_skip(&text, tensor->type) || !dinc_skip(&text, "\",\"length\":") ||
        !dinc_whole(&text, &length) || (tensor->length != 0 && tensor->length != length) ||
        !dinc_skip(&text, ",\"checksum\":") || !dinc_whole(&text, &checksum) || !dinc_skip(&text, "}"))
      return DINC_CODE_OTHER_MODEL;
    tensor->length = length;
    length = DINC_ALIGNED(length * tensor->width);
    if (length > size - offset) return DINC_CODE_CUT;
    tensor->bytes = bytes + offset;
    if (dinc_crc(&table, tensor->bytes, (size_t)length) != checksum) return DINC_CODE_CHANGED;
    offset += length;
  }
  if (!dinc_skip(&text, "]")) return DINC_CODE_OTHER_MODEL;
  return offset == size ? DINC_CODE_OK : DINC_CODE_CUT;
}

/* The bytes of a file, mapped into memory where the system can; null if it can't be read. */
DINC_LOCAL unsigned char *dinc_map_file(const char *path, size_t *size, int *code) {
#ifdef DINC_MAPS_FILES
  struct stat about;
  void *mapped;
  int file = open(path, O_RDONLY);
  *code = DINC_CODE_NO_FILE;
  if (file < 0) return 0;
  if (fstat(file, &about) != 0 || !S_ISREG(about.st_mode)) {
    close(file);
    return 0;
  }
  *size = (size_t)about.st_size;
  *code = DINC_CODE_CUT;
  mapped = *size == 0 ? MAP_FAILED : mmap(0, *size, PROT_READ, MAP_PRIVATE, file, 0);
  close(file);
  if (mapped == MAP_FAILED) {
    if (*size > 0) *code = DINC_CODE_NO_MEMORY;
    return 0;
  }
  return (unsigned char *)mapped;
#else
  unsigned char *bytes;
  long length;
  FILE *file = fopen(path, "rb");
  *code = DINC_CODE_NO_FILE;
  if (file == 0) return 0;
  if (fseek(file, 0, SEEK_END) != 0 || (length = ftell(file)) < 0 || fseek(file, 0, SEEK_SET) != 0) {
    fclose(file);
    return 0;
  }
  *size = (size_t)length;
  *code = DINC_CODE_NO_MEMORY;
  bytes = (unsigned char *)malloc(*size + 1);
  if (bytes != 0 && fread(bytes, 1, *size, file) != *size) {
    *code = DINC_CODE_NO_FILE;
    free(bytes);
    bytes = 0;
  }
  fclose(file);
  return bytes;
#endif
}

DINC_LOCAL void dinc_unmap(unsigned char *bytes, size_t size) {
#ifdef DINC_MAPS_FILES
  munmap(bytes, size);
#else
  (void)size;
  free(bytes);
#endif
}
