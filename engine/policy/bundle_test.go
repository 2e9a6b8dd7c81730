package policy_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/bundle"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/policy"
)

// bundled writes a bundle of a rule and of data, signed where there is a key.
func bundled(t *testing.T, body string, sign *bundle.SigningConfig) string {
	t.Helper()
	var built bytes.Buffer
	b := bundle.Bundle{
		Manifest: bundle.Manifest{Revision: "r1"},
		Data:     map[string]any{"team": map[string]any{"limits": map[string]any{"on": true}}},
		Modules:  []bundle.ModuleFile{{URL: "network.rego", Path: "/network.rego", Raw: []byte(guard(body))}},
	}
	b.Manifest.Init()
	if sign != nil {
		if err := b.GenerateSignature(sign, "", false); err != nil {
			t.Fatal(err)
		}
	}
	if err := bundle.NewWriter(&built).Write(b); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "bundle.tar.gz")
	if err := os.WriteFile(name, built.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// pair is a key to sign with, and the file of the one to verify with.
func pair(t *testing.T) (*bundle.SigningConfig, string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	private := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public}), 0o600); err != nil {
		t.Fatal(err)
	}
	return bundle.NewSigningConfig(string(private), "RS256", ""), name
}

const limited = "input.class == \"drift\"\n\tdata.team.limits.on"

// TestBundle decides by a bundle, unsigned and signed.
func TestBundle(t *testing.T) {
	t.Parallel()
	sign, key := pair(t)
	for name, cfg := range map[string]policy.Config{
		"unsigned": {Dirs: []string{bundled(t, limited, nil)}},
		"signed":   {Dirs: []string{bundled(t, limited, sign)}, Key: key},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := open(t, cfg)
			v := decide(t, e, policy.Input{Kind: "device", Object: "a", Class: change.Drift, Plan: &policy.Plan{}})[0]
			if v.Rule != "NET001" {
				t.Errorf("got %+v", v)
			}
			if r := e.Rule("NET001"); !r.Team || !strings.HasSuffix(r.File, "bundle.tar.gz!network.rego") {
				t.Errorf("the rule is %+v", r)
			}
		})
	}
}

// TestBundleInTime takes a bundle only in the time for which it is signed.
func TestBundleInTime(t *testing.T) {
	t.Parallel()
	sign, key := pair(t)
	for claims, want := range map[string]string{
		`{"exp": 1700000000}`:                    "its signature expired at 2023-11-14T22:13:20Z",
		`{"nbf": 4000000000}`:                    "its signature does not count before 2096-10-02T07:06:40Z",
		`{"exp": "2023-11-14T22:13:20Z"}`:        "its signature expired at 2023-11-14T22:13:20Z",
		`{"nbf": 1700000000, "exp": 4000000000}`: "",
	} {
		file := filepath.Join(t.TempDir(), "claims.json")
		if err := os.WriteFile(file, []byte(claims), 0o600); err != nil {
			t.Fatal(err)
		}
		claimed := *sign
		claimed.ClaimsPath = file
		_, err := policy.New(t.Context(), policy.Config{Dirs: []string{bundled(t, limited, &claimed)}, Key: key})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", claims, err, want)
		}
	}
}

// TestBundleAlgorithms verifies by whatever OPA signs with, and by nothing that another kind of key signs with.
func TestBundleAlgorithms(t *testing.T) {
	t.Parallel()
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	private := map[string]any{"R": rsaKey, "P": rsaKey}
	for alg, curve := range map[string]elliptic.Curve{"ES256": elliptic.P256(), "ES384": elliptic.P384(), "ES512": elliptic.P521()} {
		if private[alg], err = ecdsa.GenerateKey(curve, rand.Reader); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	secret := strings.Repeat("s", 64)
	files := map[string]string{"secret": secret}
	signers := map[string]string{"H": secret}
	for name, key := range private {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		signers[name] = string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
		if der, err = x509.MarshalPKIXPublicKey(key.(interface{ Public() crypto.PublicKey }).Public()); err != nil {
			t.Fatal(err)
		}
		files[name] = string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, alg := range []string{
		"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "HS256", "HS384", "HS512", "ES256", "ES384", "ES512",
	} {
		signer, key := alg, alg
		if family := alg[:1]; family != "E" {
			signer, key = family, map[string]string{"R": "R", "P": "P", "H": "secret"}[family]
		}
		name := bundled(t, limited, bundle.NewSigningConfig(signers[signer], alg, ""))
		if _, err := policy.New(t.Context(), policy.Config{Dirs: []string{name}, Key: filepath.Join(dir, key)}); err != nil {
			t.Errorf("%s: %v", alg, err)
		}
		other := "secret"
		if alg[:1] == "H" {
			other = "R" // whose public key anybody could sign with
		}
		_, err := policy.New(t.Context(), policy.Config{Dirs: []string{name}, Key: filepath.Join(dir, other)})
		if err == nil || !strings.Contains(err.Error(), "is signed with "+alg) {
			t.Errorf("%s by the key %s: %v", alg, other, err)
		}
	}
}

// TestBundleRefused takes no bundle that is not what its signer signed.
func TestBundleRefused(t *testing.T) {
	t.Parallel()
	sign, key := pair(t)
	_, other := pair(t)
	letter := filepath.Join(t.TempDir(), "letter.tar.gz")
	if err := os.WriteFile(letter, []byte("Dear Sir or Madam"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		cfg  policy.Config
		want string
	}{
		"not signed":      {policy.Config{Dirs: []string{bundled(t, limited, nil)}, Key: key}, "this bundle is not signed"},
		"no key":          {policy.Config{Dirs: []string{bundled(t, limited, sign)}}, "is signed, and there is no key"},
		"another's":       {policy.Config{Dirs: []string{bundled(t, limited, sign)}, Key: other}, "not what was signed by the owner"},
		"forged":          {policy.Config{Dirs: []string{forged(t, bundled(t, limited, sign))}, Key: key}, "not what was signed by the owner"},
		"no bundle":       {policy.Config{Dirs: []string{letter}}, "this bundle is not taken"},
		"not there":       {policy.Config{Dirs: []string{"nowhere.tar.gz"}}, "cannot be read"},
		"no key file":     {policy.Config{Dirs: []string{bundled(t, limited, sign)}, Key: "nowhere.pem"}, "the key cannot be read"},
		"what cannot run": {policy.Config{Dirs: []string{bundled(t, `input.kind == data.team.nothing`, nil)}}, "bundle.tar.gz!network.rego:10"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := policy.New(t.Context(), tt.cfg)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// forged is a signed bundle with another rule under the old signature.
func forged(t *testing.T, name string) string {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	unzip, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	var built bytes.Buffer
	zip := gzip.NewWriter(&built)
	in, out := tar.NewReader(unzip), tar.NewWriter(zip)
	for head, err := in.Next(); err == nil; head, err = in.Next() {
		text, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(head.Name, ".rego") {
			text = []byte(guard(`input.class == "planned"`))
		}
		head.Size = int64(len(text))
		if err := out.WriteHeader(head); err != nil {
			t.Fatal(err)
		}
		if _, err := out.Write(text); err != nil {
			t.Fatal(err)
		}
	}
	for _, err := range []error{out.Close(), zip.Close(), os.WriteFile(name, built.Bytes(), 0o600)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return name
}
