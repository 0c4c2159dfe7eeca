/* The messages of errors, in the words of compiler/serve. */

static void dinc_add_number(dinc_writer *out, double x) {
  char text[DINC_NUMBER_ROOM];
  dinc_add_bytes(out, text, dinc_number_text(text, x));
}

static void dinc_add_place(dinc_writer *out, int64_t place) {
  if (place == DINC_NONE) return;
  dinc_add(out, "[");
  dinc_add_number(out, (double)place);
  dinc_add(out, "]");
}

/* The transform that refused a number. */
static dinc_step_kind dinc_transform_of(const dinc_part *part, const dinc_error *error) {
  for (uint32_t i = 0; i < part->input_count; i++) {
    const dinc_feature *feature = part->inputs[i].feature;
    if ((int32_t)part->inputs[i].field == error->field && (uint32_t)error->step < feature->step_count)
      return feature->steps[error->step].kind;
  }
  return DINC_STANDARDIZE;
}

static void dinc_add_problem(dinc_writer *out, const dinc_inputs *inputs, const dinc_part *part,
                             const dinc_error *error) {
  switch (error->problem) {
    case DINC_FINE: return;
    case DINC_IS_MISSING: dinc_add(out, "is missing"); return;
    case DINC_LIST_IS_MISSING: dinc_add(out, "is missing: give [] for none"); return;
    case DINC_TEXT_IS_MISSING: dinc_add(out, "is missing: give \"\" for none"); return;
    case DINC_NOT_AN_ARRAY: dinc_add(out, "must be an array"); return;
    case DINC_NOT_AN_OBJECT: dinc_add(out, "must be an object"); return;
    case DINC_NOT_A_STRING: dinc_add(out, "must be a string"); return;
    case DINC_NOT_AN_ID: dinc_add(out, "must be a string, a whole number or a bigint"); return;
    case DINC_NOT_WHOLE:
      dinc_add(out, "must be a whole number, not ");
      dinc_add_number(out, error->number);
      return;
    case DINC_NOT_EXACT:
      dinc_add(out, "is ");
      dinc_add_number(out, error->number);
      dinc_add(out, ", too large to be exact as a number: give it as a bigint or as text");
      return;
    case DINC_NOT_A_NUMBER: dinc_add(out, "must be a number"); return;
    case DINC_NOT_FINITE:
      dinc_add(out, "must be finite, not ");
      dinc_add_number(out, error->number);
      return;
    case DINC_OUT_OF_RANGE:
      dinc_add(out, "is ");
      dinc_add_number(out, error->number);
      dinc_add(out, ", out of the range of 32-bit floats");
      return;
    case DINC_OUT_OF_DOMAIN: {
      const char *requires =
          dinc_transform_of(part, error) == DINC_LOG1P ? "must not be negative (log1p)" : "must be a number";
      if (error->step > 0) {
        dinc_add(out, "is ");
        dinc_add_number(out, error->number);
        dinc_add(out, ", which ");
        dinc_add(out, requires);
        dinc_add(out, " when it is transformed");
        return;
      }
      dinc_add(out, requires);
      dinc_add(out, ", but is ");
      dinc_add_number(out, error->number);
      return;
    }
    case DINC_TRANSFORMED_OUT_OF_RANGE:
      dinc_add(out, "is ");
      dinc_add_number(out, error->number);
      dinc_add(out, ", which its transforms take out of the range of 32-bit floats");
      return;
    case DINC_NOT_A_TIME:
      dinc_add(out, "must be a time from 1990 to 2099: ISO 8601, a Date, seconds or milliseconds since 1970");
      return;
    case DINC_NOT_A_VECTOR:
      dinc_add(out, "must be an array of ");
      dinc_add_number(out, error->width);
      dinc_add(out, " numbers");
      return;
    case DINC_OTHER_WIDTH:
      dinc_add(out, "must have ");
      dinc_add_number(out, error->width);
      dinc_add(out, " numbers, but has ");
      dinc_add_number(out, error->number);
      return;
    case DINC_HOLDS_NO_NUMBER:
      dinc_add(out, "must hold numbers, but ");
      dinc_add_place(out, error->item);
      dinc_add(out, " is none");
      return;
    case DINC_HOLDS_NOT_FINITE:
    case DINC_HOLDS_OUT_OF_RANGE:
      dinc_add(out, error->problem == DINC_HOLDS_NOT_FINITE
                        ? "must hold finite numbers, but "
                        : "must hold numbers in the range of 32-bit floats, but ");
      dinc_add_place(out, error->item);
      dinc_add(out, " is ");
      dinc_add_number(out, error->number);
      return;
    case DINC_NOT_A_PAIR: dinc_add(out, "must be a pair of a value and its weight"); return;
    case DINC_NOT_A_WEIGHT: dinc_add(out, "must have a finite number of 32 bits as its weight"); return;
    case DINC_NEGATIVE_WEIGHT: dinc_add(out, "must have a weight of at least 0"); return;
    case DINC_IS_LATER:
      dinc_add(out, "is ");
      dinc_add_number(out, error->number);
      dinc_add(out, " s after ");
      dinc_add(out, inputs->pasts[error->past].own);
      return;
  }
}

DINC_FUNCTION size_t dinc_error_text(const dinc_inputs *inputs, const dinc_error *error, char *text, size_t size) {
  dinc_writer out = {text, size, 0};
  const dinc_part *part = error->part == DINC_NONE                        ? NULL
                          : (uint32_t)error->part == inputs->part_count ? &inputs->candidates
                                                                          : &inputs->parts[error->part];
  const int holds = error->problem >= DINC_HOLDS_NO_NUMBER && error->problem <= DINC_HOLDS_OUT_OF_RANGE;
  dinc_add(&out, part == NULL ? "history" : part->where);
  dinc_add_place(&out, error->row);
  if (part != NULL && error->field != DINC_NONE) dinc_add(&out, part->fields[error->field].path);
  if (!holds) dinc_add_place(&out, error->item);
  dinc_add(&out, " ");
  dinc_add_problem(&out, inputs, part, error);
  if (size > 0) text[out.length < size ? out.length : size - 1] = 0;
  return out.length;
}
