package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"regexp"
	"time"

	"github.com/diet-project/diet/engine/config"
	"github.com/diet-project/diet/engine/serve/job"
	"github.com/diet-project/diet/engine/serve/notify"
)

// schedulesOf are the schedules of diet.yaml.
func schedulesOf(all []config.Schedule) ([]job.Schedule, error) {
	var out []job.Schedule
	var wrong []error
	for i, c := range all {
		s := job.Schedule{Plans: c.Plans}
		for _, x := range []struct {
			key, text string
			into      *job.Times
		}{{"sync", c.Sync, &s.Sync}, {"check", c.Check, &s.Check}, {"apply", c.Apply, &s.Apply}} {
			times, err := job.ParseTimes(x.text)
			switch {
			case err != nil:
				wrong = append(wrong, fmt.Errorf("schedules[%d].%s: %q: %w", i, x.key, x.text, err))
			case times != nil && times.Next(time.Now()).IsZero():
				wrong = append(wrong, fmt.Errorf("schedules[%d].%s: %q: that day never comes", i, x.key, x.text))
			}
			*x.into = times
		}
		if cmp.Or(c.Sync, c.Check, c.Apply) == "" {
			wrong = append(wrong, fmt.Errorf(`schedules[%d]: no time is given: say sync, check or apply, such as check: "@hourly"`, i))
		}
		out = append(out, s)
	}
	return out, errors.Join(wrong...)
}

// rulesOf are the notifications of diet.yaml, their secrets filled in from the environment.
func rulesOf(all []config.Notification) ([]notify.Rule, error) {
	var out []notify.Rule
	var wrong []error
	for i, c := range all {
		r := notify.Rule{Name: c.Name, Plans: c.Plans}
		for _, address := range c.URLs {
			filled, err := fromEnv(address)
			if err != nil {
				wrong = append(wrong, fmt.Errorf("notifications[%d].urls: %w", i, err))
			}
			r.URLs = append(r.URLs, filled)
		}
		for _, topic := range c.On {
			r.On = append(r.On, notify.Topic(topic))
		}
		for _, t := range c.Thresholds {
			r.Thresholds = append(r.Thresholds, notify.Threshold(t))
		}
		var badGroup, badEvery error
		r.Group, badGroup = time.ParseDuration(c.Group)
		r.Every, badEvery = time.ParseDuration(c.Every)
		wrong = append(wrong, badGroup, badEvery)
		out = append(out, r)
	}
	return out, errors.Join(wrong...)
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
			wrong = fmt.Errorf("the environment has no %s", name)
		}
		return value
	})
	return filled, wrong
}

// ownVariable are the variables that hold secrets of diet and its drivers.
var ownVariable = regexp.MustCompile(`^(?i:NETBOX_TOKEN|DIET_STORE|PGPASSWORD|PGPASSFILE)$`)
