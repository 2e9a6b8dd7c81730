package policy

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/bundle"
)

// isBundle tells an OPA bundle from a folder, by its name.
func isBundle(name string) bool {
	return strings.HasSuffix(name, ".tar.gz") || strings.HasSuffix(name, ".tgz")
}

// readBundle reads the files of a bundle, by their path in it: its modules as they are, and
// all its data as one file. With a key, the bundle must be signed by it.
func readBundle(name, keyFile string) (map[string][]byte, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, &Error{File: name, Message: "cannot be read: " + err.Error(), Advice: "name a bundle, or a folder of policies"}
	}
	reader := bundle.NewReader(bytes.NewReader(text)).WithSizeLimitBytes(maxBundle).WithCapabilities(Capabilities())
	if keyFile != "" {
		key, err := verifier(keyFile, name, signedWith(text))
		if err != nil {
			return nil, err
		}
		reader.WithBundleVerificationConfig(key)
	}
	b, err := reader.Read()
	if err != nil {
		return nil, refuse(name, keyFile, err)
	}
	if err := inTime(name, b.Signatures.Signatures, time.Now()); err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, m := range b.Modules {
		files[strings.TrimPrefix(path.Clean("/"+m.Path), "/")] = m.Raw
	}
	if len(b.Data) > 0 {
		if files["data.json"], err = json.Marshal(b.Data); err != nil {
			return nil, fmt.Errorf("read data of %s: %w", name, err)
		}
	}
	return files, nil
}

// inTime refuses a bundle before and after the time for which it is signed, which OPA does not look at.
func inTime(name string, signatures []string, now time.Time) error {
	for _, token := range signatures {
		parts := strings.Split(token, ".")
		if len(parts) != 3 {
			continue // what is no signature was not verified
		}
		var claims struct{ Exp, Nbf *float64 }
		text, err := base64.RawURLEncoding.DecodeString(parts[1])
		if err == nil {
			err = json.Unmarshal(text, &claims)
		}
		out := &Error{File: name, Advice: "get one from where it was signed that is in time"}
		switch at := float64(now.Unix()); {
		case err != nil:
			out.Message = "the claims of its signature cannot be read: " + err.Error()
		case claims.Exp != nil && at >= *claims.Exp:
			out.Message = "its signature expired at " + time.Unix(int64(*claims.Exp), 0).UTC().Format(time.RFC3339)
		case claims.Nbf != nil && at < *claims.Nbf:
			out.Message = "its signature does not count before " + time.Unix(int64(*claims.Nbf), 0).UTC().Format(time.RFC3339)
		default:
			continue
		}
		return out
	}
	return nil
}

// maxBundle is the size of the largest file of a bundle.
const maxBundle = 64 << 20

// refuse says why a bundle is not taken.
func refuse(name, keyFile string, err error) error {
	out := &Error{File: name, Message: "this bundle is not taken: " + err.Error(), Advice: "build it by opa build -b DIR -o bundle.tar.gz"}
	switch text := err.Error(); {
	case keyFile == "" && strings.Contains(text, "verification key not provided"):
		out.Message = "this bundle is signed, and there is no key to verify it"
		out.Advice = "name the key by --policy-key, or policy_key in diet.yaml"
	case strings.Contains(text, "missing .signatures.json"):
		out.Message = "this bundle is not signed, and " + keyFile + " is to verify it"
		out.Advice = "sign it by opa build --signing-key, or leave the key out"
	case keyFile != "":
		out.Message = fmt.Sprintf("this bundle is not what was signed by the owner of %s: %v", keyFile, err)
		out.Advice = "do not use it: get it again from where it was signed"
	}
	return out
}

// keyID is how diet calls its one key.
const keyID = "diet"

// loadBundle adds the files of a bundle as those of a folder.
func (s *source) loadBundle(i int, name string, files map[string][]byte) {
	in := &folder{Folder: Folder{Dir: name}}
	s.folders = append(s.folders, in)
	for _, rel := range slices.Sorted(maps.Keys(files)) {
		copied := s.edited != nil && s.edited.Dir == name && (strings.HasPrefix(rel, "diet/") || strings.HasPrefix(rel, "schema/"))
		switch {
		case copied:
		case strings.HasSuffix(rel, "_test.rego"):
			in.tests++
		default:
			f := file{name: name + "!" + rel, id: fmt.Sprintf("team/%d/%s", i, rel), text: files[rel], folder: in, dir: path.Dir(rel)}
			if !f.isModule() {
				in.Data++
			}
			s.texts = append(s.texts, f)
		}
	}
}

// shippedIn are the shipped policies of a bundle that has a copy of them.
func shippedIn(files map[string][]byte) map[string]string {
	out := map[string]string{}
	for name, text := range files {
		if strings.HasPrefix(name, "diet/") && strings.HasSuffix(name, ".rego") && !strings.HasSuffix(name, "_test.rego") {
			out[name] = string(text)
		}
	}
	return out
}
