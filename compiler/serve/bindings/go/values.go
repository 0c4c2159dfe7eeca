package PACKAGE

/*
#include <stdlib.h>
#include "dinc_inputs.h"
*/
import "C"

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"time"
	"unsafe"
)

// value is a raw value. Its zero value is a missing one, so that a field that
// nobody set is reported, instead of being scored as 0.
type value struct {
	kind    C.dinc_type
	text    string
	number  float64
	integer int64
}

// ID is a text or a whole number. 17 and "17" are the same id. An id that
// training did not know counts as unknown. The zero ID is a missing one.
type ID struct{ value }

// Text is a text of words. The zero Text is a missing one.
type Text struct{ value }

// Number is a number. The zero Number is a missing one, not 0.
type Number struct{ value }

// Time is an instant. The zero Time is a missing one.
type Time struct{ value }

// Vector is a list of numbers. A nil Vector is a missing one.
type Vector []float32

// IDs is a set of ids. Nil IDs are missing; IDs{} is the empty set.
type IDs []ID

// WeightedID is an id and its weight; in JSON, a list of both.
type WeightedID struct {
	ID     ID
	Weight Number
}

// WeightedIDs is a set of ids with weights. Nil ones are missing.
type WeightedIDs []WeightedID

// Str is the id with this text.
func Str(text string) ID { return ID{textValue(text)} }

// Int is the id with this whole number.
func Int(id int64) ID { return ID{value{kind: C.DINC_INTEGER, integer: id}} }

// Words is a text.
func Words(text string) Text { return Text{textValue(text)} }

// Num is a number.
func Num(x float64) Number { return Number{value{kind: C.DINC_NUMBER, number: x}} }

// At is an instant, to the millisecond. The zero time.Time is a missing one.
func At(t time.Time) Time {
	if t.IsZero() {
		return Time{}
	}
	return Time{value{kind: C.DINC_INTEGER, integer: t.UnixMilli()}}
}

// TimeOf is a time in ISO 8601, as training's rows have it. Without an offset
// it is a time of the feature's own zone.
func TimeOf(text string) Time { return Time{textValue(text)} }

func textValue(text string) value { return value{kind: C.DINC_TEXT, text: text} }

// UnmarshalJSON takes any JSON. What the feature doesn't accept is refused
// when the request is ranked, in the words of dinc predict.
func (v *value) UnmarshalJSON(data []byte) error {
	*v = value{}
	switch c := data[0]; {
	case c == '"':
		v.kind = C.DINC_TEXT
		return json.Unmarshal(data, &v.text)
	case c == 'n':
		v.kind = C.DINC_NULL
	case c == 't' || c == 'f':
		v.kind = C.DINC_BOOLEAN
		if c == 't' {
			v.integer = 1
		}
	case c == '[' || c == '{':
		v.kind = C.DINC_OBJECT
	default:
		if !bytes.ContainsAny(data, ".eE") {
			if whole, err := strconv.ParseInt(string(data), 10, 64); err == nil {
				v.kind, v.integer = C.DINC_INTEGER, whole
				return nil
			}
		}
		// A number that is too large becomes infinite, which is refused.
		x, _ := strconv.ParseFloat(string(data), 64)
		v.kind, v.number = C.DINC_NUMBER, x
	}
	return nil
}

// UnmarshalJSON takes a list of two values.
func (w *WeightedID) UnmarshalJSON(data []byte) error {
	var pair []json.RawMessage
	if json.Unmarshal(data, &pair) != nil || len(pair) != 2 {
		return errors.New("a value of a weighted set must be a pair of a value and its weight")
	}
	if err := json.Unmarshal(pair[0], &w.ID); err != nil {
		return err
	}
	return json.Unmarshal(pair[1], &w.Weight)
}

// part has the layout of C's dinc_rows. The memory that it lies in held other
// bits before, which Go must not take for a pointer, so its address is a number.
type part struct {
	kind   C.dinc_type
	count  C.size_t
	values uintptr
}

// rows is where the values of a part's rows go, in the memory of C.
type rows struct {
	arena *arena
	next  []C.dinc_value
}

func (r *rows) cell() *C.dinc_value {
	cell := &r.next[0]
	r.next = r.next[1:]
	return cell
}

func (r *rows) one(v *value) { r.arena.put(r.cell(), v) }

func (r *rows) vector(v Vector) {
	cell := r.cell()
	*cell = C.dinc_value{}
	if v == nil {
		return
	}
	cell._type, cell.length = C.DINC_FLOATS, C.size_t(len(v))
	memory := r.arena.take(uintptr(len(v)) * 4)
	copy(unsafe.Slice((*float32)(memory), len(v)), v)
	*(*uintptr)(unsafe.Pointer(&cell.of)) = uintptr(memory)
}

func (r *rows) ids(ids IDs) {
	cell := r.cell()
	*cell = C.dinc_value{}
	if ids == nil {
		return
	}
	values := r.arena.list(cell, len(ids))
	for i := range ids {
		r.arena.put(&values[i], &ids[i].value)
	}
}

func (r *rows) weighted(ids WeightedIDs) {
	cell := r.cell()
	*cell = C.dinc_value{}
	if ids == nil {
		return
	}
	pairs := r.arena.list(cell, len(ids))
	for i := range ids {
		pair := r.arena.list(&pairs[i], 2)
		r.arena.put(&pair[0], &ids[i].ID.value)
		r.arena.put(&pair[1], &ids[i].Weight.value)
	}
}

// parts has room for the parts of a request, and for candidates after them.
func (a *arena) parts(count int) []part {
	memory := a.take(uintptr(count+1) * unsafe.Sizeof(part{}))
	return unsafe.Slice((*part)(memory), count+1)
}

// record begins a part of one row.
func (a *arena) record(p *part, fields int) rows {
	return a.begin(p, C.DINC_OBJECT, 1, fields)
}

// rows begins a part of several rows, which is missing if it is nil.
func (a *arena) rows(p *part, isNil bool, count, fields int) rows {
	if isNil {
		return a.begin(p, C.DINC_MISSING, 0, fields)
	}
	return a.begin(p, C.DINC_LIST, count, fields)
}

func (a *arena) begin(p *part, kind C.dinc_type, count, fields int) rows {
	values := a.values(count * fields)
	*p = part{kind, C.size_t(count), uintptr(unsafe.Pointer(unsafe.SliceData(values)))}
	return rows{a, values}
}

// arena is memory of C that holds the values of one request: C may keep no
// pointer to Go's memory, and pinning each text would take longer than copying
// it.
type arena struct {
	chunks []unsafe.Pointer
	size   uintptr // of the last chunk
	next   unsafe.Pointer
	left   uintptr
}

func (a *arena) take(size uintptr) unsafe.Pointer {
	size = (size + 7) &^ 7
	if size > a.left || a.next == nil {
		a.size = max(2*a.size, size, 1<<16)
		a.next, a.left = C.malloc(C.size_t(a.size)), a.size
		a.chunks = append(a.chunks, a.next)
	}
	memory := a.next
	a.next, a.left = unsafe.Add(a.next, size), a.left-size
	return memory
}

func (a *arena) values(count int) []C.dinc_value {
	memory := a.take(uintptr(count) * unsafe.Sizeof(C.dinc_value{}))
	return unsafe.Slice((*C.dinc_value)(memory), count)
}

// list makes a cell a list, whose values the caller writes.
func (a *arena) list(cell *C.dinc_value, count int) []C.dinc_value {
	values := a.values(count)
	cell._type, cell.length = C.DINC_LIST, C.size_t(count)
	*(*uintptr)(unsafe.Pointer(&cell.of)) = uintptr(unsafe.Pointer(unsafe.SliceData(values)))
	return values
}

func (a *arena) put(cell *C.dinc_value, v *value) {
	cell._type, cell.length = v.kind, 0
	of := unsafe.Pointer(&cell.of)
	switch v.kind {
	case C.DINC_TEXT:
		memory := a.take(uintptr(len(v.text)))
		copy(unsafe.Slice((*byte)(memory), len(v.text)), v.text)
		cell.length = C.size_t(len(v.text))
		*(*uintptr)(of) = uintptr(memory)
	case C.DINC_NUMBER:
		*(*float64)(of) = v.number
	case C.DINC_INTEGER:
		*(*int64)(of) = v.integer
	case C.DINC_BOOLEAN:
		*(*C.int)(of) = C.int(v.integer)
	}
}

// reset makes the largest chunk, which is the last, free for the next request.
func (a *arena) reset() {
	last := len(a.chunks) - 1
	if last < 0 {
		return
	}
	for _, chunk := range a.chunks[:last] {
		C.free(chunk)
	}
	a.chunks[0] = a.chunks[last]
	a.chunks = a.chunks[:1]
	a.next, a.left = a.chunks[0], a.size
}

func (a *arena) free() {
	for _, chunk := range a.chunks {
		C.free(chunk)
	}
	*a = arena{}
}
