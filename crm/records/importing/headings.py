"""Other headings under which attributes are known, beside their labels in every language."""

# Other headings of attributes: of one kind ("customer.number"), or whatever the kind.
HEADINGS: dict[str, tuple[str, ...]] = {
    "customer.number": ("customer id", "customer no", "customer code", "客户编号", "客户号", "客戶編號", "客戶號"),
    "customer.name": ("customer", "company", "客户", "客戶", "客户名称", "客戶名稱", "公司", "公司名称"),
    "product.number": (
        "product code",
        "sku",
        "stock code",
        "商品编号",
        "产品编号",
        "商品編號",
        "產品編號",
        "货号",
        "貨號",
    ),
    "product.name": ("product", "description", "商品", "产品", "產品", "商品名称", "产品名称"),
    "number": ("no", "id", "code", "编号", "編號", "代码", "代碼"),
    "name": ("full name", "title", "姓名", "名称", "名稱"),
    "phone": ("mobile", "mobile phone", "telephone", "tel", "手机", "手機", "电话", "電話", "联系电话", "聯絡電話"),
    "email": ("mail", "e mail", "email address", "邮箱", "郵箱", "电子邮件", "電子郵件"),
    "birth_date": ("birthday", "date of birth", "born", "生日", "出生日期"),
    "sex": ("gender", "性别", "性別"),
    "address": ("street", "地址"),
    "city": ("town", "城市"),
    "country": ("nation", "国家", "國家"),
    "region": ("province", "state", "area", "省份", "地区", "地區"),
    "customer": ("customer number", "customer id", "customer no", "客户", "客戶", "客户编号", "客戶編號"),
    "product": ("product code", "product number", "sku", "产品编号", "產品編號"),
    "occurred_at": ("date", "time", "day", "日期", "时间", "時間"),
    "staff": ("owner", "employee", "sales rep", "员工", "員工"),
    "unit": ("department", "branch", "部门", "部門"),
}
