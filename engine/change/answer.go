package change

// Answer is what a person may answer to a question or a drift.
type Answer string

// The answers.
const (
	AnswerApprove        Answer = "approve"
	AnswerUseDiet        Answer = "use_diet"
	AnswerUseUser        Answer = "use_user"
	AnswerUnmanage       Answer = "unmanage"
	AnswerAcknowledge    Answer = "acknowledge"
	AnswerAdopt          Answer = "adopt"
	AnswerRenameExisting Answer = "rename_existing"
	AnswerSkip           Answer = "skip"
	AnswerForceDelete    Answer = "force_delete"
	AnswerOrphan         Answer = "orphan"
	AnswerRecreate       Answer = "recreate"
	AnswerRelease        Answer = "release"
	AnswerRestore        Answer = "restore"
	AnswerKeep           Answer = "keep"
	AnswerUseName        Answer = "use_name"
)

// answers are all of them, with what they do.
var answers = []struct {
	word    Answer
	meaning string
}{
	{AnswerApprove, "do what the rule recommends"},
	{AnswerUseDiet, "write the plan's value"},
	{AnswerUseUser, "keep NetBox's value"},
	{AnswerUnmanage, "leave it to people"},
	{AnswerAcknowledge, "keep NetBox's value, as known"},
	{AnswerAdopt, "have diet manage it"},
	{AnswerRenameExisting, "rename what is there to NAME-manual"},
	{AnswerSkip, "leave it as it is"},
	{AnswerForceDelete, "delete it all the same"},
	{AnswerOrphan, "give up its ownership, keep the object"},
	{AnswerRecreate, "make it again"},
	{AnswerRelease, "never make it again"},
	{AnswerRestore, "restore its marks"},
	{AnswerKeep, "follow the renamed object"},
	{AnswerUseName, "use the object that has the name now"},
}

// Answers lists all answers.
func Answers() []Answer {
	out := make([]Answer, len(answers))
	for i, a := range answers {
		out[i] = a.word
	}
	return out
}

// Meaning says what an answer does, "" for one that there is not.
func (a Answer) Meaning() string {
	for _, known := range answers {
		if known.word == a {
			return known.meaning
		}
	}
	return ""
}
