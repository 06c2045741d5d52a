# Policy documents in all their parts.
data "aws_iam_policy_document" "base" {
  policy_id = "base"
  version   = "2012-10-17"
  statement {
    sid       = "One"
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::a/*"]
  }
  statement {
    sid         = "Not"
    effect      = "Deny"
    not_actions = ["iam:*", "sts:*"]
    not_resources = [
      "arn:aws:s3:::b",
      "arn:aws:s3:::a",
    ]
  }
}

data "aws_iam_policy_document" "principals" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = ["cognito-identity.amazonaws.com"]
    }
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::123456789012:root"]
    }
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::210987654321:root", "arn:aws:iam::123456789012:user/z"]
    }
    condition {
      test     = "StringEquals"
      variable = "cognito-identity.amazonaws.com:aud"
      values   = ["one"]
    }
    condition {
      test     = "StringEquals"
      variable = "cognito-identity.amazonaws.com:amr"
      values   = ["two", "one"]
    }
    condition {
      test     = "ForAnyValue:StringLike"
      variable = "aws:PrincipalOrgPaths"
      values   = ["o-1/*", "o-2/*"]
    }
  }
  statement {
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = ["*"]
    not_principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::123456789012:root"]
    }
  }
}

data "aws_iam_policy_document" "merged" {
  source_policy_documents   = [data.aws_iam_policy_document.base.json]
  override_policy_documents = [jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "One", Effect = "Allow", Action = "s3:PutObject", Resource = "*" }] })]
  statement {
    sid       = "Own"
    actions   = ["ec2:Describe*", "ec2:CreateTags"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "empty" {}

data "aws_iam_policy_document" "many" {
  dynamic "statement" {
    for_each = { a = ["s3:Get*"], b = ["s3:List*", "s3:Put*"] }
    content {
      sid       = upper(statement.key)
      actions   = statement.value
      resources = ["arn:aws:s3:::${statement.key}"]
    }
  }
}

resource "aws_iam_policy" "merged" {
  name   = "stackwright-merged"
  policy = data.aws_iam_policy_document.merged.json
}

resource "aws_iam_policy" "many" {
  name   = "stackwright-many"
  path   = "/one/two/"
  policy = data.aws_iam_policy_document.many.minified_json
}
