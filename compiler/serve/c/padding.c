/* Finds a history's own steps among its padding, as compiler/serve/padding.ts does. */

typedef enum dinc_fill { DINC_FILL_NOTHING, DINC_FILL_PADDING, DINC_FILL_VALUE } dinc_fill;

static int dinc_fills_text(const dinc_filling *filling, const unsigned char *text, size_t length, int is_negative) {
  for (uint32_t i = 0; i < filling->text_count; i++) {
    const unsigned char *own = (const unsigned char *)filling->texts[i].bytes;
    size_t own_length = filling->texts[i].length;
    if (is_negative) {
      if (own_length == 0 || own[0] != '-') continue;
      own++;
      own_length--;
    }
    if (dinc_same_text(own, own_length, text, length)) return 1;
  }
  return 0;
}

static int dinc_fills_number(const dinc_filling *filling, double x) {
  for (uint32_t i = 0; i < filling->number_count; i++)
    if (filling->numbers[i] == x || (isnan(filling->numbers[i]) && isnan(x))) return 1;
  return 0;
}

/* Whether JavaScript's \s matches a character. */
static int dinc_is_space(uint32_t code) {
  return (code >= 9 && code <= 13) || code == 0x20 || code == 0xa0 || code == 0x1680 ||
         (code >= 0x2000 && code <= 0x200a) || code == 0x2028 || code == 0x2029 || code == 0x202f ||
         code == 0x205f || code == 0x3000 || code == 0xfeff;
}

/* The end of a number at `at`: [-+]?(d+(.d*)?|.d+)([eE][-+]?d+)?; `at` if there is none. */
static size_t dinc_after_number(const unsigned char *text, size_t length, size_t at) {
  const size_t begin = at;
  if (at < length && (text[at] == '-' || text[at] == '+')) at++;
  const size_t whole = dinc_after_digits(text, length, at);
  size_t end = whole;
  if (end < length && text[end] == '.') {
    end = dinc_after_digits(text, length, end + 1);
    if (whole == at && end == whole + 1) return begin;
  }
  if (end == at) return begin;
  if (end < length && (text[end] == 'e' || text[end] == 'E')) {
    size_t power = end + 1;
    if (power < length && (text[power] == '-' || text[power] == '+')) power++;
    const size_t after = dinc_after_digits(text, length, power);
    if (after > power) end = after;
  }
  return end;
}

/* Whether a text is one of the values that pad, in any notation: `0`, `0.0` and `-0` are the same. */
static int dinc_text_fills(const dinc_filling *filling, const unsigned char *text, size_t length) {
  const size_t sign = length > 0 && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  const size_t whole = dinc_after_digits(text, length, sign);
  size_t end = whole;
  if (end < length && text[end] == '.')
    for (end++; end < length && text[end] == '0';) end++;
  if (whole > sign && end == length) {
    const int is_zero = whole - sign == 1 && text[sign] == '0';
    return dinc_fills_text(filling, text + sign, whole - sign, text[0] == '-' && !is_zero);
  }
  size_t begin = 0;
  for (size_t at = 0; at < length && dinc_is_space(dinc_next(text, length, &at)); begin = at);
  const size_t number = dinc_after_number(text, length, begin);
  size_t after = number;
  for (size_t at = number; at < length && dinc_is_space(dinc_next(text, length, &at)); after = at);
  return number > begin && after == length
             ? dinc_fills_number(filling, dinc_decimal(text + begin, number - begin))
             : dinc_fills_text(filling, text, length, 0);
}

static dinc_fill dinc_fill_of_one(const dinc_filling *filling, const dinc_value *value) {
  dinc_text text;
  int fills = 0;
  switch (value->type) {
    case DINC_MISSING:
    case DINC_NULL: return dinc_fills_text(filling, NULL, 0, 0) ? DINC_FILL_PADDING : DINC_FILL_NOTHING;
    case DINC_NUMBER: fills = dinc_fills_number(filling, value->of.number); break;
    case DINC_BOOLEAN:
      fills = value->of.boolean ? dinc_fills_text(filling, (const unsigned char *)"true", 4, 0)
                                : dinc_fills_text(filling, (const unsigned char *)"false", 5, 0);
      break;
    case DINC_TEXT:
    case DINC_INTEGER:
      dinc_id_text(value, &text);
      fills = dinc_text_fills(filling, text.bytes, text.length);
      if (!fills && text.length == 0) return DINC_FILL_NOTHING;
      break;
    default: break;
  }
  return fills ? DINC_FILL_PADDING : DINC_FILL_VALUE;
}

static dinc_fill dinc_fill_of(const dinc_filling *filling, const dinc_value *value) {
  dinc_fill fill = DINC_FILL_NOTHING;
  if (!dinc_is_list(value)) return dinc_fill_of_one(filling, value);
  for (size_t i = 0; i < value->length && fill != DINC_FILL_VALUE; i++) {
    const dinc_value each = dinc_value_at(value, i);
    const dinc_fill own = dinc_fill_of_one(filling, &each);
    if (own > fill) fill = own;
  }
  return fill;
}

/* A step is padding if one of its fields is and none has a real value. */
static int dinc_is_padding(const dinc_part *part, const dinc_value *values) {
  dinc_fill fill = DINC_FILL_NOTHING;
  for (uint32_t i = 0; i < part->field_count && fill != DINC_FILL_VALUE; i++) {
    const dinc_fill own =
        values[i].type == DINC_NO_RECORD ? DINC_FILL_VALUE : dinc_fill_of(part->filling, &values[i]);
    if (own > fill) fill = own;
  }
  return fill == DINC_FILL_PADDING;
}

/* The steps of a history without the padding at both its ends. */
static dinc_steps dinc_own_steps(const dinc_part *part, const dinc_rows *rows) {
  size_t from = 0;
  size_t to = rows->count;
  while (to > 0 && dinc_is_padding(part, rows->values + (to - 1) * part->field_count)) to--;
  while (from < to && dinc_is_padding(part, rows->values + from * part->field_count)) from++;
  return (dinc_steps){from, to - from};
}
