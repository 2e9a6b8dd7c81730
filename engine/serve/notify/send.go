package notify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/nicholas-fedor/shoutrrr/pkg/router"
	"github.com/nicholas-fedor/shoutrrr/pkg/types"
)

// Send sends a message by shoutrrr.
func Send(ctx context.Context, address, title, text string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	r, err := router.New(nil, address)
	if err != nil {
		return err
	}
	return errors.Join(r.Send(text, &types.Params{types.TitleKey: title})...)
}

// checkAddress makes sure that shoutrrr takes an address.
func checkAddress(address string) error {
	if _, err := router.New(nil, address); err != nil {
		return fmt.Errorf("this is no address of shoutrrr, such as slack://…, teams://… or generic+https://…: %w", redacted(err, address))
	}
	return nil
}

// redacted is an error without what an address keeps secret: it goes to logs and into the
// file of the jobs.
func redacted(err error, address string) error {
	text := err.Error()
	for _, secret := range secretsOf(address) {
		text = strings.ReplaceAll(text, secret, "…")
	}
	return errors.New(text)
}

// shortest is how short a part of an address may be to be a secret.
const shortest = 4

// secretsOf are all parts of an address that may be secret, the longest first: which are
// differs by service, and a service may put them together otherwise than the address does.
func secretsOf(address string) []string {
	_, rest, _ := strings.Cut(address, "://")
	if u, err := url.Parse(address); err == nil {
		if rest = u.User.String() + " " + u.Path; u.User != nil {
			password, _ := u.User.Password()
			rest += " " + password
		}
		for _, values := range u.Query() {
			rest += " " + strings.Join(values, " ")
		}
	}
	out := append(strings.Fields(rest), address)
	out = append(out, strings.FieldsFunc(rest, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })...)
	out = slices.DeleteFunc(out, func(s string) bool { return len(s) < shortest })
	slices.SortFunc(out, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	return out
}
