package PACKAGE

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"slices"
	"sync"
	"testing"
)

// Golden requests, with the logits of the reference in 64 bits.
type golden struct {
	Tolerance struct{ Absolute, Relative float64 }
	Requests  []struct {
		Request struct {
			Request
			Candidates []Candidate
		}
		Logits [][2]json.RawMessage
	}
}

func environment(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

func open(tb testing.TB) (*Ranker, *golden) {
	tb.Helper()
	ranker, err := Load(environment("DINC_WEIGHTS", "../NAME.weights.bin"))
	if err != nil {
		tb.Fatalf("%v (DINC_WEIGHTS names the weights file)", err)
	}
	tb.Cleanup(ranker.Close)
	text, err := os.ReadFile(environment("DINC_GOLDEN", "../golden.json"))
	if err != nil {
		tb.Fatalf("%v (DINC_GOLDEN names the golden requests)", err)
	}
	var all golden
	if err := json.Unmarshal(text, &all); err != nil {
		tb.Fatal(err)
	}
	return ranker, &all
}

func TestGoldenRequests(t *testing.T) {
	ranker, all := open(t)
	for r, g := range all.Requests {
		logits, err := ranker.scores(&g.Request.Request, g.Request.Candidates, 1)
		if err != nil {
			t.Fatalf("golden request %d: %v", r, err)
		}
		for _, pair := range g.Logits {
			var label string
			var expected []float64
			if err := errors.Join(json.Unmarshal(pair[0], &label), json.Unmarshal(pair[1], &expected)); err != nil {
				t.Fatal(err)
			}
			before, isFound := 0, false
			for _, each := range answers {
				if isFound = each.name == label; isFound {
					break
				}
				if each.isOfRequest {
					before += each.width
				} else {
					before += each.width * len(g.Request.Candidates)
				}
			}
			if !isFound {
				t.Fatalf("golden request %d has another label: %s", r, label)
			}
			for i, x := range expected {
				found := float64(logits[before+i])
				if !(math.Abs(found-x) <= all.Tolerance.Absolute+all.Tolerance.Relative*math.Abs(x)) {
					t.Errorf("golden request %d: logit %d of %s is %v instead of %v", r, i, label, found, x)
				}
			}
		}
	}
}

func TestGoroutinesGiveTheSameBits(t *testing.T) {
	ranker, all := open(t)
	var alone [][]float32
	for _, g := range all.Requests {
		scores, err := ranker.scores(&g.Request.Request, g.Request.Candidates, 0)
		if err != nil {
			t.Fatal(err)
		}
		alone = append(alone, scores)
	}
	var wait sync.WaitGroup
	for range 4 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for r, g := range all.Requests {
				scores, err := ranker.scores(&g.Request.Request, g.Request.Candidates, 0)
				if err != nil || !slices.Equal(scores, alone[r]) {
					t.Errorf("golden request %d has other scores beside other requests: %v", r, err)
				}
			}
		}()
	}
	wait.Wait()
}

func TestAMissingListIsRefused(t *testing.T) {
	ranker, all := open(t)
	request := all.Requests[0].Request.Request
	_, err := ranker.Rank(request, nil)
	var input *InputError
	if !errors.As(err, &input) || input.Message != "candidates is missing: give [] for none" {
		t.Error(err)
	}
	if _, err := ranker.Rank(request, []Candidate{}); err != nil {
		t.Error(err)
	}
}

func TestClosedAndMissingRankers(t *testing.T) {
	ranker, all := open(t)
	ranker.Close()
	ranker.Close()
	if _, err := ranker.Rank(all.Requests[0].Request.Request, []Candidate{}); err != ErrClosed {
		t.Error(err)
	}
	var load *LoadError
	if _, err := Load("no/such/file"); !errors.As(err, &load) {
		t.Error(err)
	}
}

func BenchmarkRank(b *testing.B) {
	ranker, all := open(b)
	for b.Loop() {
		for _, g := range all.Requests {
			if _, err := ranker.Rank(g.Request.Request, g.Request.Candidates); err != nil {
				b.Fatal(err)
			}
		}
	}
}
