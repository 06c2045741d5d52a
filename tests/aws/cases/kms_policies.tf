# Keys that say who may administer and use them.
# steps: 2
data "aws_caller_identity" "me" {}

data "aws_iam_policy_document" "key" {
  statement {
    sid       = "Root"
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.me.account_id}:root"]
    }
  }
  statement {
    sid       = "Services"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = ["*"]
    principals {
      type        = "Service"
      identifiers = local.step == 1 ? ["logs.eu-central-1.amazonaws.com"] : ["logs.eu-central-1.amazonaws.com", "s3.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "kms:CallerAccount"
      values   = [data.aws_caller_identity.me.account_id]
    }
  }
}

resource "aws_kms_key" "policy" {
  description             = "with a policy"
  policy                  = data.aws_iam_policy_document.key.json
  deletion_window_in_days = 7
  enable_key_rotation     = true
  tags = {
    Name = "key-${local.step}"
  }
}

resource "aws_kms_alias" "each" {
  for_each      = toset(["a", "b"])
  name          = "alias/stackwright-policies-${each.key}"
  target_key_id = aws_kms_key.policy.key_id
}

data "aws_kms_key" "by_alias" {
  key_id = aws_kms_alias.each["a"].arn
}
