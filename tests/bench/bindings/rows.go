// Scores rows by the package in Go: rows WEIGHTS ROWS.tsv
package main

import (
	"bufio"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	din "dinc.local/din"
)

type row struct {
	request    din.Request
	candidates []din.Candidate
}

func main() {
	ranker, err := din.Load(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	defer ranker.Close()
	file, err := os.Open(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	var rows []row
	for lines := bufio.NewScanner(file); lines.Scan(); {
		cells := strings.Split(lines.Text(), "\t")
		cates := strings.Split(cells[3], ",")
		var steps []din.StepOfClicks
		for i, item := range strings.Split(cells[2], ",") {
			steps = append(steps, din.StepOfClicks{ItemID: din.Str(item), CateID: din.Str(cates[i])})
		}
		request := din.Request{History: din.History{Clicks: steps}}
		rows = append(rows, row{request, []din.Candidate{{ItemID: din.Str(cells[0]), CateID: din.Str(cells[1])}}})
	}
	score := func() float64 {
		sum := 0.0
		for i := range rows {
			scores, err := ranker.Rank(rows[i].request, rows[i].candidates)
			if err != nil {
				log.Fatal(err)
			}
			sum += float64(scores[0])
		}
		return sum
	}
	score()
	started := time.Now()
	sum := score()
	fmt.Printf("RESULT {\"rows\": %d, \"seconds\": %.9f, \"sum\": %.9f}\n", len(rows), time.Since(started).Seconds(), sum)
}
