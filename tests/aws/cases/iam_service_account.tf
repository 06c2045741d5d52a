# A role for an account of a cluster, by the tokens that the cluster issues.
# steps: 2
locals {
  issuer = "oidc.eks.eu-central-1.amazonaws.com/id/ABCDEF"
}

resource "aws_iam_openid_connect_provider" "cluster" {
  url             = "https://${local.issuer}"
  client_id_list  = ["sts.amazonaws.com"]
  thumbprint_list = ["9e99a48a9960b14926bb7f3b02e22da2b0ab7280"]
  tags = {
    cluster = "ml-${local.step}"
  }
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.cluster.arn]
    }
    condition {
      test     = "StringEquals"
      variable = "${replace(aws_iam_openid_connect_provider.cluster.url, "https://", "")}:sub"
      values   = [for name in ["trainer", "server"] : "system:serviceaccount:ml:${name}"]
    }
  }
}

resource "aws_iam_role" "trainer" {
  name_prefix        = "stackwright-account-"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "trainer" {
  name_prefix = "objects-"
  role        = aws_iam_role.trainer.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = local.step == 1 ? ["s3:GetObject"] : ["s3:GetObject", "s3:PutObject"], Resource = "*" }]
  })
}
