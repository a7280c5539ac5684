"""How likely an alert is a true one: learnt from verdicts, in versions, told with what it rests on."""
