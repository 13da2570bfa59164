"""Parts about recurrent layers.

- `bamba`: Mamba-2 layers, under Bamba's field names
- `delta_net`: gated DeltaNet in place of attention in some layers
- `mamba`: Mamba-2 layers in hybrid models
"""
