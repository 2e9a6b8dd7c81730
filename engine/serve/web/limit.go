package web

import (
	"maps"
	"math"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// remote is where a request comes from.
func remote(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// network is what counts as one machine: of IPv6, where each has as many addresses as it likes,
// the network that it is in.
func network(host string) string {
	at, err := netip.ParseAddr(host)
	if err != nil || at.Unmap().Is4() {
		return host
	}
	const bits = 64
	in, _ := at.WithZone("").Prefix(bits) // every address of IPv6 has one
	return in.String()
}

// longestName is how many bytes of a name are looked at: users have 64 characters at most.
const longestName = 256

func shortName(name string) string { return name[:min(len(name), longestName)] }

// How often a name, and a machine, may try to log in: so many at once, then one so often.
const (
	burstName, burstRemote = 5, 20
	everyName, everyRemote = 12 * time.Second, 3 * time.Second
)

// logins limits how fast passwords can be tried.
type logins struct {
	now   func() time.Time
	mu    sync.Mutex
	by    map[string]*rate.Limiter
	swept time.Time
}

func newLogins(now func() time.Time) *logins {
	return &logins{now: now, by: map[string]*rate.Limiter{}}
}

// allow reports whether a login may be tried now. Who guesses names is limited by where they
// are, and who guesses a password from many machines by the name. A machine that may not try
// leaves no trace at the names.
func (l *logins) allow(r *http.Request, name string) bool {
	return l.here(r) && l.take("name "+shortName(name), everyName, burstName)
}

// here reports whether a machine may try now.
func (l *logins) here(r *http.Request) bool {
	return l.take("from "+network(remote(r)), everyRemote, burstRemote)
}

// take takes one try of a name or a machine, if there is one.
func (l *logins) take(key string, every time.Duration, burst int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	l.sweep(now)
	if l.by[key] == nil {
		l.by[key] = rate.NewLimiter(rate.Every(every), burst)
	}
	return l.by[key].AllowN(now, 1)
}

// passed takes back what a right password took: of the name, all that others took before, of the
// machine, from which somebody may guess the names of others, that one try.
func (l *logins) passed(r *http.Request, name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.by, "name "+shortName(name))
	from, now := "from "+network(remote(r)), l.now()
	if was := l.by[from]; was != nil {
		l.by[from] = rate.NewLimiter(was.Limit(), was.Burst())
		l.by[from].AllowN(now, max(0, int(math.Ceil(float64(was.Burst())-was.TokensAt(now)))-1))
	}
}

// sweep forgets, once a minute, those who have waited for long enough to be as new.
func (l *logins) sweep(now time.Time) {
	if now.Sub(l.swept) < time.Minute {
		return
	}
	l.swept = now
	maps.DeleteFunc(l.by, func(_ string, of *rate.Limiter) bool { return of.TokensAt(now) >= float64(of.Burst()) })
}
