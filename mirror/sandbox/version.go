package sandbox

import "fmt"

// release is one NetBox version that the sandbox can be.
type release struct {
	minor  int    // of 4.x
	full   string // netbox-full-version
	short  string // netbox-version
	django string
	drf    string
}

var releases = map[string]release{
	"4.2": {2, "4.2.9", "4.2.9", "5.2.17", "3.17.1"},
	"4.4": {4, "4.4.10", "4.4.10", "5.2.17", "3.17.1"},
	"4.5": {5, "4.5.10", "4.5.10", "5.2.17", "3.17.1"},
	"4.6": {6, "4.6.8", "4.6.8", "6.1.1", "3.17.1"},
	"4.7": {7, "4.7.0-beta1", "4.7.0", "6.1.1", "3.18.3"},
}

// releaseOf finds the release by its short form (4.6) or in full (4.6.8).
func releaseOf(version string) (release, error) {
	if r, ok := releases[version]; ok {
		return r, nil
	}
	for _, r := range releases {
		if r.full == version || r.short == version {
			return r, nil
		}
	}
	return release{}, fmt.Errorf("NetBox version %q is not one of 4.2, 4.4, 4.5, 4.6, 4.7", version)
}

// has says whether something that came with since and went with until (0 for
// never) is there in this release.
func (r release) has(since, until int) bool {
	return r.minor >= since && (until == 0 || r.minor < until)
}

// api is what the API-Version header says.
func (r release) api() string { return fmt.Sprintf("4.%d", r.minor) }
