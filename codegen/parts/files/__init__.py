"""Parts about keys of published files that nobody reads.

- `lineages`: keys that files have because the code from which a class was made knew them
- `tools`: keys that tools write into the files of any class
"""
