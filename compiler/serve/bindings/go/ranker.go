package PACKAGE

/*
#cgo CFLAGS: -std=c99
#cgo LDFLAGS: -lm
#cgo noescape dinc_go_rank
#cgo nocallback dinc_go_rank
#cgo noescape dinc_go_top_k
#cgo nocallback dinc_go_top_k

#include <stdlib.h>
#include "NAME.h"

// One call of C for a request.
static int dinc_go_rank(NAME_session *session, const dinc_rows *parts, const dinc_rows *rows, int is_logits, float *scores) {
	dinc_request request = {DINC_OBJECT, parts};
	int code = NAME_user(session, &request);
	if (!code) code = is_logits ? NAME_logits(session, rows, scores) : NAME_rank(session, rows, scores);
#ifdef CAPITALS_REQUEST_NUMBERS
	if (!code) code = NAME_outputs(session, scores + rows->count * CAPITALS_SCORES);
#endif
	return code;
}

static int dinc_go_top_k(NAME_session *session, const dinc_rows *parts, const dinc_rows *rows, size_t k, int label,
                         NAME_top *best, size_t *found) {
	dinc_request request = {DINC_OBJECT, parts};
	int code = NAME_user(session, &request);
	return code ? code : NAME_top_k(session, rows, k, label, best, found);
}
*/
import "C"

import (
	"errors"
	"sync"
	"unsafe"
)

// ErrClosed is returned by a ranker that was closed.
var ErrClosed = errors.New("the ranker is closed")

// InputError tells which value of a request can't be scored and why, in the
// words of dinc predict: candidates[3].price must be finite, not Infinity.
type InputError struct{ Message string }

func (e *InputError) Error() string { return e.Message }

// LoadError tells why a weights file can't be used.
type LoadError struct{ Path, Message string }

func (e *LoadError) Error() string { return e.Path + ": " + e.Message }

// About describes the weights of a ranker.
type About struct {
	Program string // The fingerprint of the compiled program.
	Version string // The version of dinc.
	Run     string // The run of the weights; empty without one.
	Machine string // The vectors that this processor has.
}

// Top is one of the best candidates.
type Top struct {
	Index int     // Among the candidates.
	Score float32 // Its probability, or number.
	Order float32 // The number by which candidates are ordered.
}

// Ranker ranks candidates. Any number of goroutines may use one: each call
// takes a session from a pool, which grows to the number of simultaneous calls.
//
// Other weights while serving: load another Ranker, replace the old one in an
// atomic.Pointer, and close the old one. Calls in progress end with their own
// weights.
type Ranker struct {
	model  *C.NAME_model
	mu     sync.Mutex
	idle   []*session
	inUse  int
	closed bool
}

// session belongs to one goroutine at a time.
type session struct {
	of    *C.NAME_session
	arena arena
}

// Load maps a weights file into memory and checks it. The file must not be
// written to while it is loaded: rename a new one over it.
func Load(path string) (*Ranker, error) {
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	r := &Ranker{}
	if code := C.NAME_load(name, &r.model); code != 0 {
		return nil, &LoadError{path, C.GoString(C.NAME_message(code))}
	}
	return r, nil
}

// About describes the weights. It is empty when the ranker is closed.
func (r *Ranker) About() About {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.model == nil {
		return About{}
	}
	a := C.NAME_describe(r.model)
	return About{C.GoString(a.program), C.GoString(a.version), C.GoString(a.run), C.GoString(a.machine)}
}

// Close frees the memory of the ranker, when the last call in progress has
// ended. Later calls return ErrClosed.
func (r *Ranker) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	for _, s := range r.idle {
		s.free()
	}
	r.idle = nil
	r.unloadIfUnused()
}

func (r *Ranker) unloadIfUnused() {
	if r.closed && r.inUse == 0 && r.model != nil {
		C.NAME_unload(r.model)
		r.model = nil
	}
}

func (r *Ranker) take() (*session, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, ErrClosed
	}
	var s *session
	if last := len(r.idle) - 1; last >= 0 {
		s, r.idle = r.idle[last], r.idle[:last]
	} else {
		s = &session{}
		if code := C.NAME_open(r.model, nil, &s.of); code != 0 {
			return nil, errors.New(C.GoString(C.NAME_message(code)))
		}
	}
	r.inUse++
	return s, nil
}

func (r *Ranker) give(s *session) {
	s.arena.reset()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.inUse--
	if r.closed {
		s.free()
		r.unloadIfUnused()
	} else {
		r.idle = append(r.idle, s)
	}
}

func (s *session) free() {
	C.NAME_close(s.of)
	s.arena.free()
}

// scores gives the numbers of all candidates, label after label, and those of
// the outputs of the request.
func (r *Ranker) scores(request *Request, candidates []Candidate, isLogits C.int) ([]float32, error) {
	s, err := r.take()
	if err != nil {
		return nil, err
	}
	defer r.give(s)
	parts, rows := addresses(encode(&s.arena, request, candidates))
	scores := make([]float32, len(candidates)*numbersOfCandidate+numbersOfRequest)
	code := C.dinc_go_rank(s.of, parts, rows, isLogits, (*C.float)(unsafe.SliceData(scores)))
	if code != 0 {
		return nil, s.errorOf(code)
	}
	return scores, nil
}

// TopK gives the k best candidates by a label, the best first; of equal ones
// the first.
func (r *Ranker) TopK(request Request, candidates []Candidate, k int, label Label) ([]Top, error) {
	s, err := r.take()
	if err != nil {
		return nil, err
	}
	defer r.give(s)
	k = max(0, min(k, len(candidates)))
	parts, rows := addresses(encode(&s.arena, &request, candidates))
	best := make([]C.NAME_top, k)
	var found C.size_t
	code := C.dinc_go_top_k(s.of, parts, rows, C.size_t(k), C.int(label), unsafe.SliceData(best), &found)
	if code != 0 {
		return nil, s.errorOf(code)
	}
	top := make([]Top, found)
	for i := range top {
		top[i] = Top{int(best[i].index), float32(best[i].score), float32(best[i].order)}
	}
	return top, nil
}

// addresses of the parts of a request and of its candidates, for C.
func addresses(all []part) (*C.dinc_rows, *C.dinc_rows) {
	last := len(all) - 1
	return (*C.dinc_rows)(unsafe.Pointer(&all[0])), (*C.dinc_rows)(unsafe.Pointer(&all[last]))
}

func (s *session) errorOf(code C.int) error {
	if text := C.GoString(C.NAME_error(s.of)); text != "" {
		return &InputError{text}
	}
	return errors.New(C.GoString(C.NAME_message(code)))
}
