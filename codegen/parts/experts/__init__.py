"""Parts about experts.

- `balancing`: how experts are kept equally busy in training
- `counted`: how many experts there are, how wide they are, and which all tokens share
- `granite`: Granite's experts
- `groups`: DeepSeek-V3's router, which chooses groups of experts first
- `limited`: DeepSeek-V2's router, which scores with a softmax and may choose groups of experts first
- `olmo`: experts of OLMoE and FlexOlmo
- `placed`: which layers have experts
- `routers`: how experts are scored and chosen, and how their outputs are weighed
"""
