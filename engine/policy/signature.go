package policy

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/bundle"
)

// The algorithms by which OPA signs, by the kind of the key that verifies: what the bundle says of itself
// chooses among those of the key at hand, and of no other kind.
var (
	algorithmsRSA    = []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}
	algorithmsSecret = []string{"HS256", "HS384", "HS512"}
	algorithmsCurve  = map[string][]string{"P-256": {"ES256"}, "P-384": {"ES384"}, "P-521": {"ES512"}}
)

// verifier reads a key: a public key or certificate in PEM, or else a shared secret. It verifies by the
// algorithm that a bundle is signed with, if that is one of the key's kind.
func verifier(file, bundleName, algorithm string) (*bundle.VerificationConfig, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		message := "the key cannot be read: " + err.Error()
		return nil, &Error{File: file, Message: message, Advice: "name a public key in PEM, or a file with the secret"}
	}
	fit := algorithmsSecret
	if block, _ := pem.Decode(text); block != nil {
		if fit, err = algorithmsOf(block); err != nil {
			return nil, &Error{File: file, Message: err.Error(), Advice: "name the public key of the pair that signs"}
		}
	} else {
		text = bytes.TrimSpace(text)
	}
	switch {
	case algorithm == "": // it is not signed, which is told
		algorithm = fit[0]
	case !slices.Contains(fit, algorithm):
		return nil, &Error{
			File:    bundleName,
			Message: fmt.Sprintf("this bundle is signed with %s, and the key %s verifies %s", algorithm, file, strings.Join(fit, ", ")),
			Advice: "name the key of the pair that signs; ES256, ES384 and ES512 take a key on P-256, P-384 and P-521, " +
				"RS… and PS… one of RSA, HS… a secret",
		}
	}
	key := &bundle.KeyConfig{Key: string(text), Algorithm: algorithm}
	return bundle.NewVerificationConfig(map[string]*bundle.KeyConfig{keyID: key}, keyID, "", nil), nil
}

// algorithmsOf are those by which a public key verifies.
func algorithmsOf(block *pem.Block) ([]string, error) {
	if strings.Contains(block.Type, "PRIVATE") {
		return nil, fmt.Errorf("this is a private key: it belongs to who signs")
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil && block.Type == "CERTIFICATE" {
		cert, certErr := x509.ParseCertificate(block.Bytes)
		if certErr != nil {
			return nil, fmt.Errorf("read certificate: %w", certErr)
		}
		key, err = cert.PublicKey, nil
	}
	if err != nil && block.Type == "RSA PUBLIC KEY" {
		return algorithmsRSA, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read public key: %w", err)
	}
	switch key := key.(type) {
	case *rsa.PublicKey:
		return algorithmsRSA, nil
	case *ecdsa.PublicKey:
		if fit := algorithmsCurve[key.Curve.Params().Name]; fit != nil {
			return fit, nil
		}
	}
	return nil, fmt.Errorf("OPA verifies no bundle by a key of this kind: it takes RSA, and ECDSA on P-256, P-384 and P-521")
}

// signedWith is the algorithm that a bundle says it is signed with; "" where it says none.
func signedWith(text []byte) string {
	zip, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		return ""
	}
	for files := tar.NewReader(zip); ; {
		head, err := files.Next()
		if err != nil {
			return ""
		}
		if !bundle.IsSignaturesFile(head.Name) {
			continue
		}
		var signed bundle.SignaturesConfig
		if json.NewDecoder(io.LimitReader(files, maxBundle)).Decode(&signed) != nil || len(signed.Signatures) == 0 {
			return ""
		}
		first, _, _ := strings.Cut(signed.Signatures[0], ".")
		header, err := base64.RawURLEncoding.DecodeString(first)
		if err != nil {
			return ""
		}
		var says struct {
			Algorithm string `json:"alg"`
		}
		_ = json.Unmarshal(header, &says) // else it says none
		return says.Algorithm
	}
}
