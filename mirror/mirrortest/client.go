package mirrortest

import "net/http"

// Client is what tests ask their servers with, in place of [http.DefaultClient]: the end of any
// httptest.Server also closes idle connections of [http.DefaultTransport], and a request of the test beside
// it that is about to use one of them fails.
var Client = &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}
