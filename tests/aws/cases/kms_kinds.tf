# Keys of other kinds.
# steps: 2
resource "aws_kms_key" "signing" {
  description              = "signs"
  key_usage                = "SIGN_VERIFY"
  customer_master_key_spec = "ECC_NIST_P256"
  deletion_window_in_days  = 7
}

resource "aws_kms_key" "mac" {
  description              = "authenticates"
  key_usage                = "GENERATE_VERIFY_MAC"
  customer_master_key_spec = "HMAC_256"
  deletion_window_in_days  = 7
}

resource "aws_kms_key" "regions" {
  description             = "in many regions"
  multi_region            = true
  deletion_window_in_days = 6 + local.step
  is_enabled              = local.step == 1
}
