package draw

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"unicode"

	"github.com/beevik/etree"

	"github.com/diet-project/diet/generate/plain"
)

// fonts are those that a viewer is likely to have. Texts are measured for the
// widest of them, so they fit with any.
const fonts = "Helvetica Neue, Helvetica, Arial, Liberation Sans, DejaVu Sans, sans-serif"

// canvas is an SVG document in the making. The elements come from etree (an XML
// tree, BSD-2, maintained, without dependencies), so whatever a name holds, the
// document is well-formed.
type canvas struct {
	doc  *etree.Document
	root *etree.Element
}

// newCanvas begins a document with a title, which browsers and screen readers show.
func newCanvas(title, description string) *canvas {
	doc := etree.NewDocument()
	doc.CreateProcInst("xml", `version="1.0" encoding="UTF-8"`)
	root := doc.CreateElement("svg")
	root.CreateAttr("xmlns", "http://www.w3.org/2000/svg")
	root.CreateAttr("font-family", fonts)
	root.CreateAttr("role", "img")
	root.CreateElement("title").SetText(plain.Line(title))
	root.CreateElement("desc").SetText(plain.Line(description))
	root.CreateElement("style").SetText(darkStyle)
	add(root, "rect", "width", "100%", "height", "100%", "fill", "#ffffff")
	return &canvas{doc, root}
}

// write ends the document: size in pixels.
func (c *canvas) write(w io.Writer, width, height float64) error {
	width, height = math.Ceil(width), math.Ceil(height)
	c.root.CreateAttr("width", num(width))
	c.root.CreateAttr("height", num(height))
	c.root.CreateAttr("viewBox", "0 0 "+num(width)+" "+num(height))
	c.doc.Indent(1)
	if _, err := c.doc.WriteTo(w); err != nil {
		return fmt.Errorf("write svg: %w", err)
	}
	return nil
}

// add appends an element with its attributes, as names and values in turn.
func add(parent *etree.Element, tag string, attrs ...string) *etree.Element {
	e := parent.CreateElement(tag)
	for i := 0; i+1 < len(attrs); i += 2 {
		e.CreateAttr(attrs[i], attrs[i+1])
	}
	return e
}

// num prints a coordinate to a tenth of a pixel.
func num(x float64) string { return strconv.FormatFloat(math.Round(x*10)/10, 'f', -1, 64) }

// point and rect are in pixels, from the top left.
type point struct{ x, y float64 }

type rect struct{ x, y, w, h float64 }

func (r rect) right() float64  { return r.x + r.w }
func (r rect) bottom() float64 { return r.y + r.h }
func (r rect) center() point   { return point{r.x + r.w/2, r.y + r.h/2} }

// grown is a rectangle with a margin around it.
func (r rect) grown(by float64) rect { return rect{r.x - by, r.y - by, r.w + 2*by, r.h + 2*by} }

func (r rect) overlaps(o rect) bool {
	return r.x < o.right() && o.x < r.right() && r.y < o.bottom() && o.y < r.bottom()
}

func drawRect(parent *etree.Element, r rect, attrs ...string) {
	add(parent, "rect", append([]string{"x", num(r.x), "y", num(r.y), "width", num(r.w), "height", num(r.h)}, attrs...)...)
}

// drawText writes a text with its baseline at a point. What would turn its direction is shown.
func drawText(parent *etree.Element, at point, size float64, s string, attrs ...string) *etree.Element {
	e := add(parent, "text", append([]string{"x", num(at.x), "y", num(at.y), "font-size", num(size)}, attrs...)...)
	e.SetText(plain.Line(s))
	return e
}

// tooltip names an element to whoever points at it.
func tooltip(e *etree.Element, s string) {
	title := etree.NewElement("title")
	title.SetText(plain.Line(s))
	e.InsertChildAt(0, title)
}

// textWidth is how wide a text is at most, in pixels at a font size.
func textWidth(s string, size float64) float64 {
	em := 0.0
	for _, r := range plain.Line(s) {
		em += runeWidth(r)
	}
	return em * size
}

// runeWidth is the width of a character in em, in the widest of the fonts.
func runeWidth(r rune) float64 {
	switch {
	case unicode.Is(unicode.Mn, r):
		return 0
	case r >= 0x1100 && unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana),
		r >= 0xff00 && r <= 0xff60, r >= 0x1f300:
		return 1.05
	case r == '…' || r == 'm' || r == 'w' || r == 'M' || r == 'W' || r == '@' || r == '%':
		return 1
	case r == 'i' || r == 'j' || r == 'l' || r == '.' || r == ',' || r == ':' || r == '|' || r == ' ' || r == '\'':
		return 0.35
	case r == 'f' || r == 't' || r == 'r' || r == '-' || r == '/' || r == '[' || r == ']' || r == '(' || r == ')':
		return 0.42
	case unicode.IsUpper(r):
		return 0.75
	}
	return 0.64
}

// bold is how much wider a bold text is.
const bold = 1.1

// clip shortens a text in its middle until it is no wider than that, since names
// differ at their ends.
func clip(s string, size, width float64) string {
	if textWidth(s, size) <= width {
		return s
	}
	runes := []rune(plain.Line(s))
	for n := len(runes) - 1; n > 1; n-- {
		head := n / 3
		if short := string(runes[:head]) + "…" + string(runes[len(runes)-(n-head):]); textWidth(short, size) <= width {
			return short
		}
	}
	return ""
}
