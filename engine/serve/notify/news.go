package notify

import (
	"strings"

	"github.com/diet-project/diet/engine"
)

// newsworthy reports whether a topic has something that was not said, or of what was said
// something is over.
func newsworthy(k *engine.Notice) bool { return len(news(k)) > 0 || len(over(k)) > 0 }

// news is what stands and was not said. What a person has answered already is none.
func news(k *engine.Notice) texts {
	out := texts{}
	for key, text := range k.Standing {
		if _, said := k.Said[key]; !said && text != "" {
			out[key] = text
		}
	}
	return out
}

// over is what was said and no longer stands. What stands in its place tells of that: another
// value of a field, another failure.
func over(k *engine.Notice) texts {
	about := map[string]bool{}
	for key := range k.Standing {
		about[subject(k.Topic, key)] = true
	}
	out := texts{}
	for key, text := range k.Said {
		if !about[subject(k.Topic, key)] && (len(k.Standing) == 0 || !strings.HasPrefix(key, more)) {
			out[key] = text
		}
	}
	return out
}

// parts is of how many words the keys of a topic say what each is about; the others say how it
// is.
var parts = map[Topic]int{Drift: 3, Conflicts: 4}

// subject is what a text is about, by its key. All failures of a topic are one.
func subject(topic, key string) string {
	name, _, _ := strings.Cut(topic, ":")
	n, several := parts[Topic(name)]
	switch {
	case Topic(name) == Failures:
		return ""
	case !several:
		return key
	}
	words := strings.SplitN(key, " ", n+1)
	return strings.Join(words[:min(n, len(words))], " ")
}

// heard is what of a topic counts as said, given what stands by now. What stands again, after
// somebody had answered it for a while, or in the place of something else, is told again.
func heard(k *engine.Notice, standing texts, answered map[string]bool) texts {
	out := texts{}
	gone := over(&engine.Notice{Topic: k.Topic, Said: k.Said, Standing: standing})
	for key, text := range k.Said {
		_, ended := gone[key]
		now, stands := standing[key]
		was, stood := k.Standing[key]
		lapsed := stands && now != "" && stood && was == "" && !answered[key]
		if (stands || ended) && !lapsed {
			out[key] = text
		}
	}
	return out
}

// saidNow is what counts as said once a message is sent.
func saidNow(k *engine.Notice) texts {
	out := texts{}
	for key, text := range k.Standing {
		was, said := k.Said[key]
		switch {
		case text != "":
			out[key] = text
		case said:
			out[key] = was
		}
	}
	return out
}
