// An example server: POST /rank takes the JSON of a request with its
// candidates, and gives their scores. SIGHUP loads the weights file again
// while requests go on.
//
//	go run ./server -weights ../NAME.weights.bin
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"

	model "MODULE"
)

func main() {
	weights := flag.String("weights", "NAME.weights.bin", "the weights file")
	address := flag.String("listen", "localhost:8080", "the address to listen on")
	flag.Parse()

	var current atomic.Pointer[model.Ranker]
	first, err := model.Load(*weights)
	if err != nil {
		log.Fatal(err)
	}
	current.Store(first)

	hangUp := make(chan os.Signal, 1)
	signal.Notify(hangUp, syscall.SIGHUP)
	go func() {
		for range hangUp {
			next, err := model.Load(*weights)
			if err != nil {
				log.Print(err)
				continue
			}
			current.Swap(next).Close()
		}
	}()

	http.HandleFunc("POST /rank", func(w http.ResponseWriter, r *http.Request) {
		var body struct {
			model.Request
			Candidates []model.Candidate `json:"candidates"`
		}
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 16<<20)).Decode(&body); err != nil {
			answer(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
			return
		}
		scores, err := current.Load().Rank(body.Request, body.Candidates)
		for errors.Is(err, model.ErrClosed) { // Other weights have just replaced these.
			scores, err = current.Load().Rank(body.Request, body.Candidates)
		}
		var input *model.InputError
		switch {
		case errors.As(err, &input):
			answer(w, http.StatusUnprocessableEntity, map[string]string{"error": input.Message})
		case err != nil:
			log.Print(err)
			answer(w, http.StatusInternalServerError, map[string]string{"error": "the request can't be scored"})
		default:
			answer(w, http.StatusOK, map[string]any{"scores": scores})
		}
	})
	listener, err := net.Listen("tcp", *address)
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("http://%s/rank", listener.Addr())
	log.Fatal(http.Serve(listener, nil))
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		log.Print(err)
	}
}
