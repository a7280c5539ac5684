"""Classification and grading 分类分级: which level a column and a table have, by a policy with versions."""
