/* Ids by hash: MurmurHash3 (Austin Appleby, the 32-bit form for x86), as compiler/serve/hashing.ts has it. */

typedef struct dinc_hash {
  uint32_t hash;
  uint32_t word;
  uint32_t length;
} dinc_hash;

static uint32_t dinc_scrambled(uint32_t word) {
  const uint32_t k = word * 0xcc9e2d51u;
  return ((k << 15) | (k >> 17)) * 0x1b873593u;
}

static uint32_t dinc_hash_word(uint32_t hash, uint32_t word) {
  const uint32_t h = hash ^ dinc_scrambled(word);
  return ((h << 13) | (h >> 19)) * 5u + 0xe6546b64u;
}

static uint32_t dinc_hash_end(uint32_t hash, uint32_t length) {
  uint32_t h = hash ^ length;
  h = (h ^ (h >> 16)) * 0x85ebca6bu;
  h = (h ^ (h >> 13)) * 0xc2b2ae35u;
  return h ^ (h >> 16);
}

static void dinc_hash_byte(dinc_hash *state, uint32_t byte) {
  state->word |= byte << (8 * (state->length % 4));
  if (++state->length % 4 != 0) return;
  state->hash = dinc_hash_word(state->hash, state->word);
  state->word = 0;
}

/* Adds a character's bytes in UTF-8. */
static void dinc_hash_code(dinc_hash *state, uint32_t code) {
  const int following = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  const uint32_t mark = following == 0 ? 0 : (0xf00u >> (following + 1)) & 0xff;
  dinc_hash_byte(state, mark | (code >> (6 * following)));
  for (int at = following - 1; at >= 0; at--) dinc_hash_byte(state, 0x80 | ((code >> (6 * at)) & 0x3f));
}

static uint32_t dinc_hash_of(const dinc_hash *state) {
  const uint32_t hash = state->length % 4 != 0 ? state->hash ^ dinc_scrambled(state->word) : state->hash;
  return dinc_hash_end(hash, state->length);
}

static uint32_t dinc_hash_text(const unsigned char *text, size_t length, uint32_t seed) {
  dinc_hash state = {seed, 0, 0};
  for (size_t at = 0; at < length;) dinc_hash_code(&state, dinc_next(text, length, &at));
  return dinc_hash_of(&state);
}
