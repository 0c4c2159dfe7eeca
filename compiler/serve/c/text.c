/* Texts: UTF-8, numbers in decimal, and the text that JavaScript gives a number. */

/* Appends to a text of bounded size, and counts what there was no room for. */
typedef struct dinc_writer {
  char *text;
  size_t size;
  size_t length;
} dinc_writer;

static void dinc_add_bytes(dinc_writer *out, const char *text, size_t length) {
  for (size_t i = 0; i < length; i++, out->length++)
    if (out->length + 1 < out->size) out->text[out->length] = text[i];
}

static void dinc_add(dinc_writer *out, const char *text) {
  dinc_add_bytes(out, text, strlen(text));
}

/* Room for any number as text. */
#define DINC_NUMBER_ROOM 40

static size_t dinc_integer_text(char *text, int64_t integer) {
  char digits[DINC_NUMBER_ROOM];
  uint64_t rest = integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer;
  size_t count = 0;
  size_t length = 0;
  do digits[count++] = (char)('0' + rest % 10);
  while ((rest /= 10) != 0);
  if (integer < 0) text[length++] = '-';
  while (count > 0) text[length++] = digits[--count];
  return length;
}

/*
 * The number with these digits times 10 to the exponent, rounded once. The text for the C library has no point, which
 * a locale may write in another way.
 */
static double dinc_from_digits(const char *digits, size_t count, int64_t exponent) {
  char text[840];
  memcpy(text, digits, count);
  text[count++] = 'e';
  count += dinc_integer_text(text + count, exponent);
  text[count] = 0;
  return strtod(text, NULL);
}

/*
 * The number of a text of the form [-+]?(d+(.d*)?|.d+)([eE][-+]?d+)?. No number between two floats needs more than 768
 * digits to tell which of them is nearer; a 1 replaces those that follow.
 */
static double dinc_decimal(const unsigned char *text, size_t length) {
  enum { MOST = 780 };
  char digits[MOST + 2];
  size_t count = 0;
  int64_t exponent = 0;
  int is_after_point = 0;
  int has_more = 0;
  size_t at = 0;
  const int is_negative = length > 0 && text[0] == '-';
  if (length > 0 && (text[0] == '-' || text[0] == '+')) at++;
  for (; at < length && text[at] != 'e' && text[at] != 'E'; at++) {
    if (text[at] == '.') {
      is_after_point = 1;
      continue;
    }
    if (count == MOST) {
      has_more |= text[at] != '0';
      exponent += !is_after_point;
    } else {
      if (count > 0 || text[at] != '0') digits[count++] = (char)text[at];
      exponent -= is_after_point;
    }
  }
  if (at < length) {
    int64_t own = 0;
    const int is_small = ++at < length && text[at] == '-';
    if (at < length && (text[at] == '-' || text[at] == '+')) at++;
    for (; at < length; at++)
      if (own < INT64_C(1000000000000000)) own = 10 * own + (text[at] - '0');
    exponent += is_small ? -own : own;
  }
  if (count == 0) return is_negative ? -0.0 : 0.0;
  if (has_more) {
    digits[count++] = '1';
    exponent--;
  }
  if (exponent > 100000) exponent = 100000;
  if (exponent < -100000) exponent = -100000;
  const double x = dinc_from_digits(digits, count, exponent);
  return is_negative ? -x : x;
}

/* The fewest digits that only x has, without zeros at the end; returns how many, and the exponent of 0.digits. */
static int dinc_shortest(double x, char *digits, int *exponent) {
  for (int count = 1; count <= 17; count++) {
    char text[DINC_NUMBER_ROOM];
    int length = 0;
    snprintf(text, sizeof text, "%.*e", count - 1, x);
    const char *at = text;
    for (; *at != 'e'; at++)
      if (*at >= '0' && *at <= '9') digits[length++] = *at;
    int power = (int)strtol(at + 1, NULL, 10);
    /* Below a power of two, floats are twice as dense, so the next greater digits may be x where the nearest are not. */
    for (int next = 0; next < 2; next++) {
      if (next == 1) {
        int i = count - 1;
        while (i >= 0 && digits[i] == '9') digits[i--] = '0';
        if (i < 0) {
          digits[0] = '1';
          power++;
        } else digits[i]++;
      }
      if (dinc_from_digits(digits, (size_t)count, power - count + 1) != x) continue;
      while (count > 1 && digits[count - 1] == '0') count--;
      *exponent = power + 1;
      return count;
    }
  }
  *exponent = 0;
  return 0;
}

/* The text of a number as JavaScript gives it; returns its length. */
static size_t dinc_number_text(char *text, double x) {
  dinc_writer out = {text, DINC_NUMBER_ROOM, 0};
  char digits[20];
  int point;
  if (isnan(x)) dinc_add(&out, "NaN");
  else if (x == 0) dinc_add(&out, "0");
  else {
    if (x < 0) dinc_add(&out, "-");
    if (isinf(x)) dinc_add(&out, "Infinity");
    else {
      const int count = dinc_shortest(fabs(x), digits, &point);
      if (point > 21 || point < -5) {
        char power[DINC_NUMBER_ROOM];
        dinc_add_bytes(&out, digits, 1);
        if (count > 1) dinc_add(&out, ".");
        dinc_add_bytes(&out, digits + 1, (size_t)count - 1);
        dinc_add(&out, point > 0 ? "e+" : "e");
        dinc_add_bytes(&out, power, dinc_integer_text(power, point - 1));
      } else if (point <= 0) {
        dinc_add(&out, "0.");
        for (int i = point; i < 0; i++) dinc_add(&out, "0");
        dinc_add_bytes(&out, digits, (size_t)count);
      } else {
        for (int i = 0; i < point || i < count; i++) {
          if (i == point) dinc_add(&out, ".");
          dinc_add_bytes(&out, i < count ? digits + i : "0", 1);
        }
      }
    }
  }
  return out.length;
}

/*
 * The code point at *at, which is moved beyond it. Bytes that aren't UTF-8 are U+FFFD: one for each longest beginning
 * of a character, as in the Encoding Standard of the web.
 */
static uint32_t dinc_next(const unsigned char *text, size_t length, size_t *at) {
  const uint32_t lead = text[(*at)++];
  if (lead < 0x80) return lead;
  if (lead < 0xc2 || lead > 0xf4) return 0xfffd;
  const int following = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
  uint32_t low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  uint32_t high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  uint32_t code = lead & (0x3fu >> following);
  for (int i = 0; i < following; i++) {
    if (*at == length || text[*at] < low || text[*at] > high) return 0xfffd;
    code = (code << 6) | (text[(*at)++] & 0x3fu);
    low = 0x80;
    high = 0xbf;
  }
  return code;
}

/* A text as the id of a value. */
typedef struct dinc_text {
  const unsigned char *bytes;
  size_t length;
  unsigned char own[DINC_NUMBER_ROOM]; /* The digits of a number. */
} dinc_text;

/* 2 to the power of 53: from there on, two different ids may have become the same number. */
#define DINC_EXACT 9007199254740992.0

static int dinc_is_safe_integer(double x) {
  return x > -DINC_EXACT && x < DINC_EXACT && x == floor(x);
}

/* Gives the text of an id; 0 if the value cannot be one. */
static int dinc_id_text(const dinc_value *value, dinc_text *text) {
  if (value->type == DINC_TEXT) {
    text->bytes = (const unsigned char *)value->of.text;
    text->length = value->length;
    return 1;
  }
  if (value->type == DINC_NUMBER && !dinc_is_safe_integer(value->of.number)) return 0;
  if (value->type != DINC_NUMBER && value->type != DINC_INTEGER) return 0;
  const int64_t whole = value->type == DINC_NUMBER ? (int64_t)value->of.number : value->of.integer;
  text->length = dinc_integer_text((char *)text->own, whole);
  text->bytes = text->own;
  return 1;
}

/* Whether two texts are the same characters. */
static int dinc_same_text(const unsigned char *a, size_t a_length, const unsigned char *b, size_t b_length) {
  size_t i = 0;
  size_t j = 0;
  if (a_length == b_length && (a_length == 0 || memcmp(a, b, a_length) == 0)) return 1;
  while (i < a_length && j < b_length)
    if (dinc_next(a, a_length, &i) != dinc_next(b, b_length, &j)) return 0;
  return i == a_length && j == b_length;
}
