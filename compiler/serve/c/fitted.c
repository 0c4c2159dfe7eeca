/*
 * Fitted values in a block of the weights, little-endian, as compiler/backends/c/fitted.ts writes it: a head, the lists
 * (first number, count), the vocabularies, the numbers, and the hash table, starts and bytes of each vocabulary.
 */

#define DINC_FITTED_MAGIC "DINCFIT1"

typedef struct dinc_fitted_head {
  char magic[8];
  uint64_t size;
  uint32_t vocabularies;
  uint32_t lists;
  uint32_t numbers;
  uint32_t zero;
} dinc_fitted_head;

typedef struct dinc_fitted_list {
  uint32_t first;
  uint32_t count;
} dinc_fitted_list;

/* Known values in the order of their ids. */
typedef struct dinc_vocabulary {
  uint64_t at; /* In the block: slots, then the start of each value and the end of the last, then their bytes. */
  uint64_t bytes;
  uint32_t known;
  uint32_t slots; /* A power of two. A slot has the number of a value, from 1, or 0. */
} dinc_vocabulary;

static const dinc_fitted_list *dinc_lists(const unsigned char *block) {
  return (const dinc_fitted_list *)(const void *)(block + sizeof(dinc_fitted_head));
}

static const dinc_vocabulary *dinc_vocabulary_of(const unsigned char *block, int32_t i) {
  const dinc_fitted_head *head = (const dinc_fitted_head *)(const void *)block;
  return (const dinc_vocabulary *)(const void *)(dinc_lists(block) + head->lists) + i;
}

static const uint32_t *dinc_slots(const unsigned char *block, const dinc_vocabulary *vocabulary) {
  return (const uint32_t *)(const void *)(block + vocabulary->at);
}

static const double *dinc_list(const dinc_fitted *fitted, int32_t list) {
  return fitted->numbers + dinc_lists(fitted->block)[list].first;
}

/* Whether a vocabulary is inside its block, and each of its values inside its bytes. */
static int dinc_is_whole(const unsigned char *block, uint64_t size, const dinc_vocabulary *vocabulary) {
  const uint64_t words = (uint64_t)vocabulary->slots + vocabulary->known + 1;
  if (vocabulary->slots <= vocabulary->known || (vocabulary->slots & (vocabulary->slots - 1)) != 0) return 0;
  if (vocabulary->at % 4 != 0 || vocabulary->at > size || 4 * words > size - vocabulary->at) return 0;
  if (vocabulary->bytes > size - vocabulary->at - 4 * words) return 0;
  const uint32_t *slots = dinc_slots(block, vocabulary);
  const uint32_t *starts = slots + vocabulary->slots;
  for (uint32_t i = 0; i < vocabulary->slots; i++)
    if (slots[i] > vocabulary->known) return 0;
  for (uint32_t i = 0; i < vocabulary->known; i++)
    if (starts[i] > starts[i + 1]) return 0;
  return starts[vocabulary->known] == vocabulary->bytes;
}

DINC_FUNCTION int dinc_open_fitted(const dinc_inputs *inputs, const void *block, size_t size, dinc_fitted *fitted) {
  const unsigned char *bytes = (const unsigned char *)block;
  const dinc_fitted_head *head = (const dinc_fitted_head *)block;
  if (size < sizeof *head || (uintptr_t)block % 8 != 0) return 0;
  if (memcmp(head->magic, DINC_FITTED_MAGIC, sizeof head->magic) != 0 || head->size != size) return 0;
  if (head->vocabularies != inputs->vocabulary_count || head->lists != inputs->list_count) return 0;
  const uint64_t before =
      sizeof *head + head->lists * sizeof(dinc_fitted_list) + head->vocabularies * sizeof(dinc_vocabulary);
  if (before > size || head->numbers > (size - before) / sizeof(double)) return 0;
  for (uint32_t i = 0; i < head->lists; i++) {
    const dinc_fitted_list list = dinc_lists(bytes)[i];
    if (list.count < inputs->least[i] || list.first > head->numbers || list.count > head->numbers - list.first)
      return 0;
  }
  for (uint32_t i = 0; i < head->vocabularies; i++)
    if (!dinc_is_whole(bytes, size, dinc_vocabulary_of(bytes, (int32_t)i))) return 0;
  fitted->block = bytes;
  fitted->numbers = (const double *)(const void *)(bytes + before);
  return 1;
}

/* The id of a text in a vocabulary; DINC_UNKNOWN if it has none. */
static uint32_t dinc_find(const dinc_fitted *fitted, int32_t number, const unsigned char *text, size_t length) {
  const dinc_vocabulary *vocabulary = dinc_vocabulary_of(fitted->block, number);
  const uint32_t *slots = dinc_slots(fitted->block, vocabulary);
  const uint32_t *starts = slots + vocabulary->slots;
  const unsigned char *bytes = (const unsigned char *)(starts + vocabulary->known + 1);
  uint32_t slot = dinc_hash_text(text, length, 0);
  for (uint32_t i = 0; i < vocabulary->slots; i++, slot++) {
    const uint32_t found = slots[slot & (vocabulary->slots - 1)];
    if (found == 0) break;
    const uint32_t start = starts[found - 1];
    if (dinc_same_text(bytes + start, starts[found] - start, text, length)) return DINC_FIRST_KNOWN + found - 1;
  }
  return DINC_UNKNOWN;
}
