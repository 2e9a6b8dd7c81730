package answer

import (
	"fmt"
	"slices"
	"strings"
)

// sight is what a file had, in the place of an answer, when that was decided on.
type sight struct{ answers []Answer }

// MeanwhileError is an answer to what somebody else answered meanwhile: it is written nowhere.
type MeanwhileError struct{ There Answer }

func (e *MeanwhileError) Error() string {
	about := strings.TrimSpace(e.There.Object + " " + e.There.Field + " " + e.There.About)
	return fmt.Sprintf("the answer was not written: %s answered %s meanwhile: %s", e.There.Who, about, e.There.Answer)
}

// Hint says how to go on.
func (e *MeanwhileError) Hint() string {
	return "look at the questions again; what is there now is shown"
}

// See notes what a file had when answers were decided on: they take the place of that alone.
func See(file, given []Answer) {
	there := byAbout(file)
	for i := range given {
		seen := &sight{}
		for _, at := range given[i].places() {
			seen.answers = append(seen.answers, there[at]...)
		}
		given[i].seen = seen
	}
}

// Meanwhile makes sure that answers take no place of what was put into the file since they were
// decided on; else it is a [*MeanwhileError].
func (f *File) Meanwhile(given []Answer) error {
	there := byAbout(f.Answers)
	for i := range given {
		a := &given[i]
		if a.seen == nil {
			continue
		}
		for _, at := range a.places() {
			for _, now := range there[at] {
				if !now.Equal(*a) && !slices.ContainsFunc(a.seen.answers, now.Equal) {
					return &MeanwhileError{now}
				}
			}
		}
	}
	return nil
}

// places are those that an answer takes.
func (a *Answer) places() []about { return append([]about{a.about()}, a.instead...) }

// byAbout are answers by what they are given to.
func byAbout(list []Answer) map[about][]Answer {
	out := map[about][]Answer{}
	for i := range list {
		out[list[i].about()] = append(out[list[i].about()], list[i])
	}
	return out
}
