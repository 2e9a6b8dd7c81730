package main

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/config"
	"github.com/diet-project/diet/engine/serve/job"
	"github.com/diet-project/diet/engine/serve/notify"
)

// shortestPause is how often a schedule may have something done at most.
const shortestPause = 10 * time.Second

// asTimes says what times look like.
const asTimes = `write times as "*/15 * * * *" (minute, hour, day, month, weekday), "@hourly" or "@every 10m"`

// schedulesOf are the schedules of diet.yaml.
func schedulesOf(cfg *config.Config) ([]job.Schedule, error) {
	var out []job.Schedule
	var wrong []error
	for i, c := range cfg.Schedules {
		s := job.Schedule{Plans: c.Plans}
		at := fmt.Sprintf("schedules[%d]", i)
		for _, x := range []struct {
			key, text string
			into      *job.Times
		}{{"sync", c.Sync, &s.Sync}, {"check", c.Check, &s.Check}, {"apply", c.Apply, &s.Apply}} {
			times, err := timesOf(x.text)
			if err != nil {
				wrong = append(wrong, cfg.Wrong(at+"."+x.key, err))
			}
			*x.into = times
		}
		if cmp.Or(c.Sync, c.Check, c.Apply) == "" {
			wrong = append(wrong, cfg.Wrong(at, errors.New(`no time is given: say sync, check or apply, such as check: "@hourly"`)))
		}
		out = append(out, s)
	}
	return out, errors.Join(wrong...)
}

// timesOf reads times, and refuses those that never come or come all the time.
func timesOf(text string) (job.Times, error) {
	times, err := job.ParseTimes(text)
	if err != nil {
		return nil, fmt.Errorf("%q: %w; %s", text, err, asTimes)
	}
	if times == nil {
		return nil, nil //nolint:nilnil // there are none
	}
	first := times.Next(time.Now())
	if first.IsZero() {
		return nil, fmt.Errorf("%q: that day never comes", text)
	}
	every, is := strings.CutPrefix(text, "@every ")
	if pause, err := time.ParseDuration(every); is && err == nil && pause < shortestPause {
		return nil, fmt.Errorf("%q is more often than every %s, and NetBox has others to serve", text, shortestPause)
	}
	return times, nil
}

// rulesOf are the notifications of diet.yaml, their secrets filled in from the environment.
func rulesOf(cfg *config.Config) ([]notify.Rule, error) {
	var out []notify.Rule
	var all []error
	for i, c := range cfg.Notifications {
		wrong := func(err error, key string, args ...any) {
			if err != nil {
				all = append(all, cfg.Wrong(fmt.Sprintf("notifications[%d].", i)+fmt.Sprintf(key, args...), err))
			}
		}
		r := notify.Rule{Name: c.Name, Plans: c.Plans}
		for j, address := range c.URLs {
			filled, err := fromEnv(address)
			wrong(err, "urls[%d]", j)
			r.URLs = append(r.URLs, filled)
		}
		for _, topic := range c.On {
			r.On = append(r.On, notify.Topic(topic))
		}
		for j, t := range c.Thresholds {
			wrong(engine.CheckNames(t.Kind, t.Field), "thresholds[%d]", j)
			r.Thresholds = append(r.Thresholds, notify.Threshold(t))
		}
		var err error
		r.Group, err = time.ParseDuration(c.Group)
		wrong(err, "group")
		r.Every, err = time.ParseDuration(c.Every)
		wrong(err, "every")
		out = append(out, r)
	}
	return out, errors.Join(all...)
}

// shortestSecret is how many characters the secret of a webhook has at least.
const shortestSecret = 16

// hookSecret is the secret of a webhook, "" where there is none.
func hookSecret(cfg *config.Config, key, text string) (string, error) {
	secret, err := fromEnv(text)
	switch {
	case err == nil && text != "" && len(secret) < shortestSecret:
		err = fmt.Errorf("the secret of a webhook has %d characters at least, and this one has %d: whoever guesses it starts checks",
			shortestSecret, len(secret))
	case err == nil:
		return secret, nil
	}
	return "", cfg.Wrong("serve.hooks."+key, err)
}

// checkServe refuses settings of pages that would not work.
func checkServe(cfg *config.Config) error {
	if cfg.Serve.URL == "" {
		return nil
	}
	u, err := url.Parse(cfg.Serve.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return cfg.Wrong("serve.url", fmt.Errorf("%q is no address of pages: write it as https://diet.example.com", cfg.Serve.URL))
	}
	return nil
}

// fromEnv fills ${NAME} in from the environment: what people set for it, and none of the
// secrets by which diet itself logs in, which whoever writes a diet.yaml could send anywhere.
func fromEnv(text string) (string, error) {
	var wrong error
	filled := os.Expand(text, func(name string) string {
		value, set := os.LookupEnv(name)
		switch {
		case ownVariable.MatchString(name):
			wrong, value = fmt.Errorf("%s is diet's own, and is sent to nobody else", name), ""
		case !set:
			wrong = fmt.Errorf("the environment has no %[1]s: set %[1]s for diet, or take ${%[1]s} out", name)
		case value == "":
			wrong = fmt.Errorf("%[1]s is empty in the environment: set %[1]s for diet, or take ${%[1]s} out", name)
		}
		return value
	})
	return filled, wrong
}

// ownVariable are the variables that hold secrets of diet and its drivers.
var ownVariable = regexp.MustCompile(`^(?i:NETBOX_TOKEN|DIET_STORE|PGPASSWORD|PGPASSFILE)$`)
